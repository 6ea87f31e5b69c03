// pyenvlaunch-manager restore: what bin/python of an environment asks for when the lock that it
// follows has changed, or its table cannot be used. Not for people, hence not in the help.

#include "store/venv/restore.hpp"

#include <cstdlib>
#include <span>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "store/fetch/progress.hpp"

namespace pel {
namespace {

int run(CommandContext& context, std::span<const std::string_view> args) {
  CommandLine line(restore_command);
  const auto prefixes = line.parse(context, args);
  if (!prefixes) {
    return EXIT_SUCCESS;
  }
  expect_operands(*prefixes, 1, 1, "environment's directory");
  EnvironmentRequest settings;
  settings.path_variable = context.settings.path;
  settings.offline = context.settings.offline;
  settings.limits = context.settings.unpack_limits();
  settings.downloads = context.settings.downloads();
  settings.cancelled = context.settings.interrupted;
  settings.notify = [&](std::string_view text) { context.console.note(text); };
  const auto progress = make_progress(progress_style_for_stderr(), "Downloading");
  settings.progress = progress.get();
  restore_environment(prefixes->front(), settings);
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command restore_command{
    .name = "restore",
    .summary = "",
    .usage = "PREFIX",
    .run = run,
};

}  // namespace pel
