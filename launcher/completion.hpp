#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/cli.hpp"

namespace pel {

struct Completion {
  std::string word;
  std::string description;  // or empty
};

struct Completions {
  std::vector<Completion> words;
  bool files = false;  // the shell's own file names as well
};

// What can stand for the last of `words`, which follow "pyenvlaunch" on a command line that is
// being typed. Commands and options come from the same tables as help; locks, scripts, wheels and
// shims are looked up. Never throws for what is not there.
[[nodiscard]] Completions complete(CommandContext& context,
                                   std::span<const std::string_view> words);

// The script that makes `shell` ask for completions. Empty for a shell that is not known.
[[nodiscard]] std::string_view completion_script(std::string_view shell) noexcept;

}  // namespace pel
