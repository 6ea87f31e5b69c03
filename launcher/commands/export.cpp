// pyenvlaunch export: an environment as a directory that needs no store.

#include "store/environment/export.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/progress.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

nlohmann::ordered_json to_json(const std::string& directory, const ExportResult& result) {
  nlohmann::ordered_json json;
  json["directory"] = directory;
  json["environment"] = result.environment.environment_id;
  json["interpreter"] = result.interpreter;
  json["libpython"] = result.libpython;
  json["wheels"] = result.environment.wheels;
  json["files"] = result.files;
  json["bytes"] = result.bytes;
  return json;
}

std::vector<unsigned> optimization_levels(const std::vector<std::string>& words) {
  std::vector<unsigned> levels;
  for (const std::string& word : words) {
    if (word != "1" && word != "2") {
      throw Error(ErrorCode::usage, concat("bad value '", word, "' of --optimize"))
          .with_hint("1 is for python -O, 2 for python -OO");
    }
    levels.push_back(word == "1" ? 1 : 2);
  }
  return levels;
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  bool json = false;
  std::vector<std::string> levels;
  CommandLine line(export_command);
  options.describe(line.options());
  line.options().list("optimize", levels, "LEVEL",
                      "with bytecode for python -O (1) or -OO (2), too (may be repeated)");
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 2, 2, operands->empty() ? "lock" : "directory");
  const std::string directory = absolute_path(operands->back());
  EnvironmentRequest request = options.request(context.settings, operands->front());
  const std::vector<unsigned> optimizations = optimization_levels(levels);
  ExportResult result;
  {
    const auto progress = make_progress(progress_style_for_stderr(), "Downloading");
    request.progress = progress.get();
    result = export_environment(request, directory, optimizations);
  }
  report_phases(context, result.environment);
  for (const std::string& warning : result.environment.warnings) {
    context.console.warn(warning);
  }
  context.console.print(
      json ? json_text(to_json(directory, result))
           : concat(directory, ": ", counted(result.environment.wheels, "wheel"), ", ",
                    human_size(result.bytes), ", needs ",
                    result.libpython.empty() ? result.interpreter : result.libpython, "\n"));
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command export_command{
    .name = "export",
    .summary = "copy an environment into a directory that needs no store and can be moved",
    .usage = "[OPTION]... LOCK DIR",
    .run = run,
};

}  // namespace pel
