#pragma once

#include <sys/types.h>

#include <string>

#include "store/base/fd.hpp"

namespace pel {

// Opens the file at `path` to be locked with flock(2), and makes it if it is not there. Its owner
// can open it whatever the umask was when it was made, or a restored backup has made of its mode.
// Without the right to make files it is opened if it is there. Waits for nobody, follows no link.
// Empty, with errno set, if it fails.
[[nodiscard]] UniqueFd open_lock_file(const std::string& path, mode_t mode = 0644) noexcept;

}  // namespace pel
