#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// The options that choose an environment, as `run` and `exec` take them.
struct RunOptions {
  std::string python;
  std::vector<std::string> extras;
  std::vector<std::string> groups;
  bool default_groups = true;
  bool verbose = false;
  std::string lock;                       // as the user wrote it; empty for a script
  std::string script;                     // of --script, as the user wrote it; or empty
  std::vector<std::string> option_words;  // the words before LOCK, for the manager
  std::span<char* const> command;         // TARGET and its arguments, "--" taken away
};

// Parses what follows `run` or `exec`. What follows `--script FILE` is the script's. Nothing when
// the words are not plainly right: the manager then parses them again and says what is wrong, or
// knows the option.
[[nodiscard]] std::optional<RunOptions> parse_run_options(std::span<char* const> words);

// Parses "[OPTION]... FILE [ARGUMENT]...", what a script's first line gives when it has no command.
// Nothing when FILE is none, or an option is not one of a script's.
[[nodiscard]] std::optional<RunOptions> parse_script_call(std::span<char* const> words);

}  // namespace pel
