#pragma once

#include <string>

// What a path names, asked of the system each time. All are false as well where that cannot be
// told, because a directory on the way is closed to us. Thread-safe.
namespace pel {

// Anything, a symlink that leads nowhere as well.
[[nodiscard]] bool has_entry(const std::string& path) noexcept;

// A directory itself; a symlink to one is none.
[[nodiscard]] bool is_directory(const std::string& path) noexcept;

// These follow symlinks.
[[nodiscard]] bool exists(const std::string& path) noexcept;
[[nodiscard]] bool leads_to_directory(const std::string& path) noexcept;
[[nodiscard]] bool is_file(const std::string& path) noexcept;  // a regular one

// One that this process may execute.
[[nodiscard]] bool is_executable_file(const std::string& path) noexcept;

}  // namespace pel
