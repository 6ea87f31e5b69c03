#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "launcher/hot/run_options.hpp"

namespace pel {

// The words of a command line that a script's first line has made, when the kernel handed over all
// that stands behind "#!/path/pyenvlaunch" as one argument: that is split as `env -S` does. Nothing
// when there is nothing to split. Throws Error(usage) for what cannot be split.
[[nodiscard]] std::optional<std::vector<std::string>> split_first_argument(
    std::span<char* const> argv);

// Whether `words`, which follow the program's name, call a script: "[OPTION]... FILE
// [ARGUMENT]...", where FILE holds a slash, or is what the kernel was asked to execute. No command
// is called so.
[[nodiscard]] std::optional<RunOptions> as_script_call(std::span<char* const> words);

}  // namespace pel
