// pyenvlaunch shell: an interactive shell with the environment activated.

#include <unistd.h>

#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/hot/locations.hpp"
#include "launcher/resume.hpp"
#include "launcher/shell_files.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {
namespace {

constexpr const char* kNestingVariable = "PYENVLAUNCH_SHELL";
constexpr int kNoSuchProgram = 127;  // as of run and exec

void set_variable(const std::string& name, const std::string& value) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread is left
  if (::setenv(name.c_str(), value.c_str(), 1) != 0) {
    throw_errno("set", name);
  }
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  CommandLine line(shell_command);
  options.describe(line.options());
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "lock");
  static_cast<void>(
      make_environment_for(context, options.request(context.settings, operands->front())));
  const std::string outer = trusted_variable(kNestingVariable);
  if (!outer.empty()) {
    context.console.warn(concat("this is a shell inside that of ", outer, ": `exit` leads back"));
  }
  std::string shell = trusted_variable("SHELL");
  if (shell.empty()) {
    shell = "/bin/sh";
  }
  if (shell.find('/') != std::string::npos && ::access(shell.c_str(), F_OK) != 0) {
    context.console.report(
        Error(ErrorCode::not_found, concat("cannot run the shell ", shell, ": no such file"))
            .with_hint("it is what SHELL says: set it to your shell, for example SHELL=/bin/sh"));
    return kNoSuchProgram;
  }
  std::vector<std::string> words = {operands->front(), "--", shell};
  const std::string lock = absolute_path(operands->front());
  set_variable(kNestingVariable, lock);
  set_variable("VIRTUAL_ENV_PROMPT", prompt_of_lock(lock));
  // Without a terminal the shell reads its commands from standard input, and shows no prompt.
  if (::isatty(STDIN_FILENO) == 1) {
    const std::string folder =
        concat(CacheLayout(context.settings.locations().cache).root(), "/shell");
    write_shell_files(folder);
    const ShellStart start =
        interactive_start(shell, folder, trusted_variable("ZDOTDIR"), trusted_variable("ENV"));
    words.insert(words.end(), start.arguments.begin(), start.arguments.end());
    for (const auto& [name, value] : start.variables) {
      set_variable(name, value);
    }
  }
  execute_hot_path("exec", plain_arguments(options, line.verbose(), words));
}

}  // namespace

constinit const Command shell_command{
    .name = "shell",
    .summary = "start an interactive shell with the environment of a lock activated",
    .usage = "[OPTION]... LOCK",
    .run = run,
};

}  // namespace pel
