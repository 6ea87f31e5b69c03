#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// How an interactive shell is started so that it shows its environment and keeps it first on PATH,
// whatever the user's own start files do, which are read all the same.
struct ShellStart {
  std::vector<std::string> arguments;                          // behind the shell's name
  std::vector<std::pair<std::string, std::string>> variables;  // to be set
};

// `shell` is the path of the user's shell; bash, zsh, fish and the shells of POSIX (sh, dash, ksh)
// are known by their names, others get no prompt. `folder` is where write_shell_files() has put
// its files. `zdotdir` and `env` are the values of ZDOTDIR and ENV in this process.
[[nodiscard]] ShellStart interactive_start(std::string_view shell, const std::string& folder,
                                           const std::string& zdotdir, const std::string& env);

// The start files of all shells, which do not depend on the environment. Throws Error(io).
void write_shell_files(const std::string& folder);

// What the prompt shows for a lock: "app" for app.lock and pylock.app.toml, the folder's name for
// pylock.toml.
[[nodiscard]] std::string prompt_of_lock(std::string_view lock);

}  // namespace pel
