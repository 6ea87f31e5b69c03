// pyenvlaunch edit: copies one package into a virtual environment directory, to be changed there.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/venv/package_edit.hpp"

namespace pel {
namespace {

struct EditOptions {
  bool diff = false;
  bool reset = false;
  bool list = false;
  bool json = false;
};

void check_usage(const EditOptions& options) {
  if (int{options.diff} + int{options.reset} + int{options.list} > 1) {
    throw Error(ErrorCode::usage, "--diff, --reset and --list contradict each other");
  }
  if (options.json && !options.list) {
    throw Error(ErrorCode::usage, "--json goes with --list");
  }
}

void print_list(CommandContext& context, const std::string& directory, bool json) {
  auto all = nlohmann::ordered_json::array();
  for (const ListedEdit& edit : list_edits(directory)) {
    if (json) {
      all.push_back({{"name", edit.package.name},
                     {"version", edit.package.version},
                     {"wheels", edit.package.wheel_ids},
                     {"files", edit.package.files.size()},
                     {"changed", edit.changed}});
    } else {
      context.console.print(concat(edit.package.name, " ", edit.package.version, ": ",
                                   counted(edit.package.files.size(), "file"), ", ",
                                   std::to_string(edit.changed), " changed\n"));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
}

void start(CommandContext& context, const std::string& directory, const std::string& package) {
  const EditedPackage edit = start_edit(directory, package);
  const std::string together =
      edit.wheel_ids.size() == 1
          ? std::string()
          : concat(", with ", counted(edit.wheel_ids.size() - 1, "wheel"), " beside it");
  context.console.print(concat(edit.name, " ", edit.version, ": ",
                               counted(edit.files.size(), "file"), " copied to ", directory,
                               together, "\n"));
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  EditOptions options;
  CommandLine line(edit_command);
  line.options().flag("diff", options.diff, "print what is changed, as a unified diff");
  line.options().flag("reset", options.reset, "forget the changes: the store's package again");
  line.options().flag("list", options.list, "list what is edited in DIR");
  line.options().flag("json", options.json, "print JSON (with --list)");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  check_usage(options);
  const std::size_t wanted = options.list ? 1 : 2;
  expect_operands(*operands, wanted, wanted, operands->empty() ? "directory" : "package");
  const std::string directory = absolute_path(operands->front());
  if (options.list) {
    print_list(context, directory, options.json);
  } else if (options.diff) {
    context.console.print(edit_diff(directory, operands->back()));
  } else if (options.reset) {
    reset_edit(directory, operands->back());
  } else {
    start(context, directory, operands->back());
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command edit_command{
    .name = "edit",
    .summary = "copy a package into a virtual environment directory, to change it there",
    .usage = "[OPTION]... DIR PACKAGE | --list DIR",
    .run = run,
};

}  // namespace pel
