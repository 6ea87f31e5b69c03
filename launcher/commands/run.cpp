// pyenvlaunch run, pyenvlaunch exec: the second program's part of them.
//
// The hot path parses these commands itself and does not need this program for them, but for three
// things: help, telling what is wrong with a command line, and `exec --report`. It then executes
// this program with the same arguments. So it does for options that observe the run, which it
// leaves to us (launcher/observation.hpp). If they turn out to be fine, the environment is made and
// the hot path executed again, with PYENVLAUNCH_RESUMED naming this process so that the two cannot
// do so forever.

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "launcher/observation.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/environment/installation.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr const char* kResumedVariable = "PYENVLAUNCH_RESUMED";

struct RunOptions {
  EnvironmentOptions environment;
  bool verbose = false;
  std::string report;  // exec only
  std::string script;  // run only
  Observation observation;
};

std::string report_text(const EnvironmentResult& result) {
  nlohmann::ordered_json json;
  json["lock"] = result.record.lock;
  json["interpreter"] = result.record.interpreter;
  json["environment"] = result.environment_id;
  json["prefix"] = result.record.prefix;
  json["hit"] = result.hit;
  json["wheels"] = {{"total", result.wheels},
                    {"hits", result.wheels - result.added},
                    {"added", result.added},
                    {"downloaded", result.downloaded},
                    {"compiled", result.compiled}};
  json["bytes_added"] = result.bytes;
  double total = 0;
  for (const Phase& phase : result.phases) {
    json["milliseconds"][phase.name] = phase.milliseconds;
    total += phase.milliseconds;
  }
  json["milliseconds"]["total"] = total;
  json["conflicts"] = result.conflicts;
  return json_text(json);
}

void write_report(const std::string& path, const EnvironmentResult& result) {
  AtomicFile file(absolute_path(path));
  file.write(report_text(result));
  file.commit();
}

// The same command line in the plainest form, which the hot path is sure to understand: what only
// making the environment needed is left out.
std::vector<std::string> plain_arguments(const RunOptions& options,
                                         const std::vector<std::string>& operands) {
  std::vector<std::string> words;
  const EnvironmentOptions& environment = options.environment;
  if (!environment.python.empty()) {
    words.insert(words.end(), {"--python", environment.python});
  }
  for (const std::string& extra : environment.extras) {
    words.insert(words.end(), {"--extra", extra});
  }
  for (const std::string& group : environment.groups) {
    words.insert(words.end(), {"--group", group});
  }
  if (environment.no_default_groups) {
    words.emplace_back("--no-default-groups");
  }
  if (environment.offline) {
    words.emplace_back("--offline");
  }
  if (!options.script.empty()) {
    words.insert(words.end(), {"--script", options.script});
  }
  words.insert(words.end(), operands.begin(), operands.end());
  return words;
}

[[noreturn]] void execute_hot_path(std::string_view command, std::vector<std::string> args) {
  const std::string program = this_installation().launcher;
  args.insert(args.begin(), {"pyenvlaunch", std::string(command)});
  std::vector<char*> argv;
  for (std::string& arg : args) {
    argv.push_back(arg.data());
  }
  argv.push_back(nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread left
  ::setenv(kResumedVariable, std::to_string(::getpid()).c_str(), 1);
  ::execv(program.c_str(), argv.data());
  throw_errno("execute", program);
}

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
  const std::size_t target = operands.size() > 1 && operands[1] == "--" ? 2 : 1;
  if (target >= operands.size()) {
    throw Error(ErrorCode::usage, concat("nothing to run given behind '", operands.front(), "'"));
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
  line.options().flag("verbose,v", options.verbose, "say more");
  const auto operands = line.parse_leading(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  check_operands(options, *operands);
  if (context.settings.resumed) {
    throw std::logic_error("the two programs read this command line differently");
  }
  options.observation.check();
  const EnvironmentResult result = make_environment_for(
      context, options.script.empty()
                   ? options.environment.request(context.settings, operands->front())
                   : options.environment.script_request(context.settings, options.script));
  if (!options.report.empty()) {
    write_report(options.report, result);
  }
  options.observation.hand_on(context, result);
  execute_hot_path(command.name, plain_arguments(options, *operands));
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
