// pyenvlaunch sync: makes environments complete and runs nothing.

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/environment_report.hpp"
#include "launcher/json_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

struct SyncOptions {
  EnvironmentOptions environment;
  bool quiet = false;
  bool json = false;
  bool script = false;   // the operands are scripts, which have their locks
  bool for_run = false;  // the hot path's own call: nothing is printed but errors
};

std::string report_line(std::string_view lock, const EnvironmentResult& result) {
  std::string line = concat(lock, ": ", counted(result.wheels, "wheel"));
  if (result.added != 0) {
    line += concat(", ", std::to_string(result.added), " added (", human_size(result.bytes),
                   result.downloaded == 0
                       ? ""
                       : concat(", ", std::to_string(result.downloaded), " downloaded"),
                   ")");
  }
  if (result.compiled != 0 && result.compiled != result.added) {
    line += concat(", ", std::to_string(result.compiled), " compiled");
  }
  line += result.created         ? ", environment made"
          : result.repaired != 0 ? concat(", ", counted(result.repaired, "file"), " repaired")
          : result.hit           ? ", complete"
                                 : "";
  return concat(line, ", ", human_time(total_milliseconds(result)), "\n");
}

void sync_one(CommandContext& context, const SyncOptions& options, bool verbose,
              const std::string& lock, nlohmann::ordered_json& reports) {
  const EnvironmentOptions& environment = options.environment;
  const EnvironmentResult result =
      make_environment_for(context,
                           options.script ? environment.script_request(context.settings, lock)
                                          : environment.request(context.settings, lock),
                           options.quiet);
  if (options.for_run) {
    return;
  }
  if (options.json) {
    reports.push_back(report_of(result));
  } else if (!result.hit || verbose) {
    for (const std::string& conflict : result.conflicts) {
      context.console.warn(conflict);
    }
    if (!options.quiet) {
      context.console.print(report_line(lock, result));
    }
  }
  if (verbose) {
    context.console.note(concat("interpreter ", result.record.interpreter));
    context.console.note(concat("environment ", result.record.prefix));
  }
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  SyncOptions options;
  CommandLine line(sync_command);
  options.environment.describe(line.options());
  line.options().flag("script", options.script,
                      "the operands are scripts: make those of their locks");
  line.options().flag("quiet,q", options.quiet, "print nothing but errors and warnings");
  line.options().flag("json", options.json, "print JSON: what was made, of every lock");
  line.options().flag("for-run", options.for_run, "");
  const auto locks = line.parse(context, args);
  if (!locks) {
    return EXIT_SUCCESS;
  }
  expect_operands(*locks, 1, std::numeric_limits<std::size_t>::max(), "lock");
  auto reports = nlohmann::ordered_json::array();
  for (const std::string& lock : *locks) {
    sync_one(context, options, line.verbose(), lock, reports);
  }
  if (options.json) {
    context.console.print(json_text(reports));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command sync_command{
    .name = "sync",
    .summary = "make the environments of locks complete, and run nothing",
    .usage =
        "[OPTION]... LOCK...\n"
        "       pyenvlaunch sync --script [OPTION]... FILE...",
    .run = run,
};

}  // namespace pel
