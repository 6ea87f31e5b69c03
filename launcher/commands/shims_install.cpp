// pyenvlaunch shims install, upgrade: links on PATH to scripts of a lock's environment.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/shims.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/progress.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += concat(text.empty() ? "" : ", ", word);
  }
  return text;
}

void warn(CommandContext& context, const ShimChange& change) {
  for (const std::string& warning : change.environment.warnings) {
    context.console.warn(warning);
  }
  for (const std::string& note : change.notes) {
    context.console.warn(note);
  }
  if (change.lock_is_gone) {
    context.console.warn(
        concat(change.record.lock, " is gone: the copy that was taken of it is used"));
  }
}

nlohmann::ordered_json to_json(const ShimChange& change) {
  return {{"lock", change.record.lock},
          {"lock_present", !change.lock_is_gone},
          {"directory", change.record.directory},
          {"prefix", change.environment.record.prefix},
          {"shims", change.record.names},
          {"installed", change.added},
          {"removed", change.removed},
          {"environment_made", change.environment.created}};
}

void print(CommandContext& context, const ShimChange& change, bool verbose) {
  const std::string& lock = change.record.lock;
  std::string what;
  if (!change.added.empty()) {
    what += concat(", installed ", joined(change.added));
  }
  if (!change.removed.empty()) {
    what += concat(", removed ", joined(change.removed));
  }
  if (change.environment.created || change.environment.repaired != 0) {
    what += change.environment.created ? ", environment made" : ", environment updated";
  }
  if (!what.empty() || verbose) {
    context.console.print(concat(lock, ": ", counted(change.record.names.size(), "shim"), " in ",
                                 change.record.directory, what.empty() ? ", up to date" : what,
                                 "\n"));
  }
}

int install(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  std::string directory;
  bool force = false;
  bool json = false;
  CommandLine line(shims_install_command);
  options.describe(line.options());
  line.options().value("dir", directory, "DIR", "put them there instead of ~/.local/bin");
  line.options().flag("force", force, "replace files that were not installed by this command");
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, static_cast<std::size_t>(-1), "lock");
  ShimInstall request{.environment = options.request(context.settings, operands->front()),
                      .directory = shim_directory(directory),
                      .names = {operands->begin() + 1, operands->end()},
                      .force = force};
  ShimChange change;
  {
    const auto progress = make_progress(progress_style_for_stderr(), "Downloading");
    request.environment.progress = progress.get();
    change = install_shims(request);
  }
  report_phases(context, change.environment);
  warn(context, change);
  if (json) {
    context.console.print(json_text(to_json(change)));
  } else {
    print(context, change, true);
  }
  warn_unless_on_path(context, request.directory);
  return EXIT_SUCCESS;
}

int upgrade(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(shims_upgrade_command);
  EnvironmentOptions options;
  line.options().flag("offline", options.offline, "make no network connection");
  line.options().list("find-links", options.find_links, "DIR|URL",
                      "look for wheels there first (may be repeated)");
  line.options().flag("json", json, "print JSON: of each, what has changed");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  int status = EXIT_SUCCESS;
  std::vector<std::string> left = *operands;
  auto all = nlohmann::ordered_json::array();
  for (const ListedShims& listed : list_shims(context.settings.locations())) {
    const bool is_named = operands->empty() || std::erase_if(left, [&](const std::string& lock) {
                                                 return absolute_path(lock) == listed.record.lock;
                                               }) != 0;
    if (!is_named) {
      continue;
    }
    try {
      if (!listed.damage.empty()) {
        throw Error(ErrorCode::corrupt, listed.damage)
            .with_hint(concat("remove ", listed.prefix, ", and install its shims again"));
      }
      const auto progress = make_progress(progress_style_for_stderr(), "Downloading");
      EnvironmentRequest request = options.request(context.settings, listed.record.lock);
      request.progress = progress.get();
      const ShimChange change = upgrade_shims(listed.record, request);
      warn(context, change);
      if (json) {
        all.push_back(to_json(change));
      } else {
        print(context, change, line.verbose() || !operands->empty());
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) {
        throw;
      }
      context.console.report(error);  // the others can be upgraded all the same
      status = EXIT_FAILURE;
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  if (!left.empty()) {
    throw Error(ErrorCode::not_found,
                concat("cannot upgrade shims of ", left.front(), ": there are none"))
        .with_hint("`pyenvlaunch shims list` shows what is installed");
  }
  return status;
}

}  // namespace

constinit const Command shims_install_command{
    .name = "shims install",
    .summary = "put scripts of a lock's environment on PATH: those named, or all",
    .usage = "[OPTION]... LOCK [NAME]...",
    .run = install,
};

constinit const Command shims_upgrade_command{
    .name = "shims upgrade",
    .summary = "bring shims up to date with their locks",
    .usage = "[OPTION]... [LOCK]...",
    .run = upgrade,
};

}  // namespace pel
