#pragma once

#include <optional>
#include <string>

namespace pel {

// What a symlink says, as it was made. Nothing, and errno, if it cannot be read or is none, or if
// it says more than a path may hold.
[[nodiscard]] std::optional<std::string> read_symlink(const std::string& path);

// Why "create symbolic link" has failed, as errno says it: throws Error(io), with a hint where the
// file system has none (FAT).
[[noreturn]] void throw_no_symlink(const std::string& path);

}  // namespace pel
