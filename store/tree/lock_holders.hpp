#pragma once

#include <string>

namespace pel {

// Who holds the flock(2) of the open file `fd`, as /proc/locks tells: "process 4711 (NAME), process
// 4712 (NAME)", or "another process" when that cannot be known.
[[nodiscard]] std::string lock_holders(int fd);

// Throws Error(busy) "cannot lock PATH: WHO holds it" for a lock that its holders need for a moment
// only; `fd` is the file at `path`.
[[noreturn]] void throw_lock_held(int fd, const std::string& path);

}  // namespace pel
