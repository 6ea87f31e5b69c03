#pragma once

#include <cstddef>
#include <string>

namespace pel {

// Bytes. What is longer is no lock.
inline constexpr std::size_t kMaxLockSize = 256UL * 1024 * 1024;

// The text of the lock that somebody has named. Throws Error (not_found, usage for a directory, io)
// that says so. The hot path and the manager agree by using this code.
[[nodiscard]] std::string read_lock_text(const std::string& path);

}  // namespace pel
