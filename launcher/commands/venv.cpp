// pyenvlaunch venv: a virtual environment directory over the store, for tools that want one.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/environment_report.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/progress.hpp"
#include "store/format/selection_key.hpp"
#include "store/venv/thin_venv.hpp"

namespace pel {
namespace {

struct VenvOptions {
  EnvironmentOptions environment;
  std::string prompt;
  bool clear = false;
  bool allow_existing = false;
  bool seed = false;
  bool follow = false;
  bool quiet = false;
  bool json = false;
};

std::string report_line(std::string_view directory, const EnvironmentResult& result) {
  std::string line = concat(directory, ": ", counted(result.wheels, "wheel"));
  if (result.added != 0) {
    line += concat(", ", std::to_string(result.added), " added (", human_size(result.bytes), ")");
  }
  line += result.created         ? ", made"
          : result.repaired != 0 ? concat(", ", counted(result.repaired, "file"), " updated")
                                 : ", up to date";
  return concat(line, ", ", human_time(total_milliseconds(result)), "\n");
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  VenvOptions options;
  CommandLine line(venv_command);
  options.environment.describe(line.options());
  line.options().value("prompt", options.prompt, "NAME", "what shells show when it is active");
  line.options().flag("clear", options.clear, "replace a virtual environment that is there");
  line.options().flag("allow-existing", options.allow_existing,
                      "also in a directory that holds other things, and keep them");
  line.options().flag("seed", options.seed, "install pip into it, from the interpreter's own copy");
  line.options().flag("follow", options.follow,
                      "bring it up to date with its lock whenever its Python starts");
  line.options().flag("quiet,q", options.quiet, "print nothing but errors and warnings");
  line.options().flag("json", options.json, "print JSON: what was made");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 2, 2, operands->empty() ? "directory" : "lock");
  if (options.clear && options.allow_existing) {
    throw Error(ErrorCode::usage, "--clear and --allow-existing contradict each other");
  }
  const std::string& directory = operands->front();
  ThinVenvRequest request{
      .environment = options.environment.request(context.settings, operands->back()),
      .directory = absolute_path(directory),
      .prompt = options.prompt,
      .clear = options.clear,
      .allow_existing = options.allow_existing,
      .seed = options.seed,
      .follows = options.follow ? Follows::lock : Follows::nothing,
  };
  EnvironmentResult result;
  {
    const auto progress = make_progress(
        options.quiet ? ProgressStyle::silent : progress_style_for_stderr(), "Downloading");
    request.environment.progress = progress.get();
    if (!options.quiet) {
      request.environment.notify = [&](std::string_view text) { context.console.note(text); };
    }
    result = make_thin_venv(request);
  }
  report_phases(context, result);
  for (const std::string& warning : result.warnings) {
    context.console.warn(warning);
  }
  for (const std::string& conflict : result.conflicts) {
    context.console.warn(conflict);
  }
  if (options.json) {
    nlohmann::ordered_json json = report_of(result);
    json["directory"] = request.directory;
    json["lock"] = request.environment.lock_path;
    json["prefix"] = request.directory;
    json["follows"] = options.follow;
    context.console.print(json_text(json));
  } else if (!options.quiet) {
    context.console.print(report_line(directory, result));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command venv_command{
    .name = "venv",
    .summary = "make a virtual environment directory over the store, a few kilobytes",
    .usage = "[OPTION]... DIR LOCK",
    .run = run,
};

}  // namespace pel
