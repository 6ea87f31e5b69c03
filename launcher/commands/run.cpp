// pyenvlaunch run, pyenvlaunch exec: the second program's part of them.
//
// The hot path parses these commands itself and does not need this program for them, but for three
// things: help, telling what is wrong with a command line, and `exec --report`. It then executes
// this program with the same arguments. So it does for options that observe the run, which it
// leaves to us (launcher/observation.hpp). If they turn out to be fine, the environment is made and
// the hot path executed again, with PYENVLAUNCH_RESUMED naming this process so that the two cannot
// do so forever.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/environment_report.hpp"
#include "launcher/hot/own_options.hpp"
#include "launcher/json_text.hpp"
#include "launcher/observation.hpp"
#include "launcher/output_file.hpp"
#include "launcher/resume.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

struct RunOptions {
  EnvironmentOptions environment;
  std::string report;  // exec only
  std::string script;  // run only
  Observation observation;
};

void check_operands(const RunOptions& options, const std::vector<std::string>& operands) {
  if (!options.script.empty()) {
    if (!options.observation.wanted()) {
      throw Error(ErrorCode::usage, "'--script' is not the last option")
          .with_hint("write `pyenvlaunch run [OPTION]... --script FILE [ARGUMENT]...`");
    }
    return;
  }
  if (operands.empty() || operands.front() == "--") {
    throw Error(ErrorCode::usage, "no lock given");
  }
  expect_no_empty({&operands.front(), 1});
  const std::size_t target = operands.size() > 1 && operands[1] == "--" ? 2 : 1;
  if (target >= operands.size()) {
    Error error(ErrorCode::usage, concat("nothing to run given behind '", operands.front(), "'"));
    if (operands.front().ends_with(".py")) {
      error = std::move(error).with_hint(concat(
          "a script that has a lock of its own: pyenvlaunch run --script ", operands.front()));
    }
    throw error;
  }
  if (is_own_option(operands[target])) {
    throw Error(ErrorCode::usage, concat("option '", operands[target], "' stands behind the lock"))
        .with_hint("options come before the lock: what is behind it is the program and its own");
  }
}

int run_or_exec(const Command& command, bool takes_report, CommandContext& context,
                std::span<const std::string_view> args) {
  RunOptions options;
  CommandLine line(command);
  options.environment.describe(line.options());
  if (takes_report) {
    line.options().value("report", options.report, "FILE",
                         "write what was made, and how long it took, as JSON");
  }
  if (&command == &run_command) {
    line.options().last_value("script", options.script, "FILE",
                              "run a script in the environment of its own lock; the last option");
    options.observation.describe(line.options());
  }
  const auto operands = line.parse_leading(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  check_operands(options, *operands);
  if (context.settings.resumed) {
    throw std::logic_error("the two programs read this command line differently");
  }
  options.observation.check();
  // Before anything is made: that it fails in the end would be late.
  std::optional<OutputFile> report;
  if (!options.report.empty()) {
    report.emplace(options.report, "name another place with --report");
  }
  const EnvironmentResult result = make_environment_for(
      context, options.script.empty()
                   ? options.environment.request(context.settings, operands->front())
                   : options.environment.script_request(context.settings, options.script));
  if (report) {
    report->write(json_text(report_of(result)));
  }
  options.observation.hand_on(context, result);
  std::vector<std::string> words = *operands;
  if (!options.script.empty()) {
    words.insert(words.begin(), {"--script", options.script});
  }
  execute_hot_path(command.name, plain_arguments(options.environment, line.verbose(), words));
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  return run_or_exec(run_command, false, context, args);
}

int exec(CommandContext& context, std::span<const std::string_view> args) {
  return run_or_exec(exec_command, true, context, args);
}

}  // namespace

constinit const Command run_command{
    .name = "run",
    .summary = "run a program in the environment of a lock",
    .usage =
        "[OPTION]... LOCK [--] TARGET [ARGUMENT]...\n"
        "       pyenvlaunch run [OPTION]... --script FILE [ARGUMENT]...",
    .run = run,
};

constinit const Command exec_command{
    .name = "exec",
    .summary = "execute any program with the environment of a lock activated",
    .usage = "[OPTION]... LOCK [--] PROGRAM [ARGUMENT]...",
    .run = exec,
};

}  // namespace pel
