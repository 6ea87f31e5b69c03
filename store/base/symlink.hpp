#pragma once

#include <optional>
#include <string>

namespace pel {

// What a symlink says, as it was made. Nothing, and errno, if it cannot be read or is none, or if
// it says more than a path may hold.
[[nodiscard]] std::optional<std::string> read_symlink(const std::string& path);

}  // namespace pel
