#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <string>

namespace pel {

// chmod(2) that never follows a link at the end of the path: somebody who may write to the
// directory could have put one there since it was looked at, and root would be led to files of
// others. EOPNOTSUPP for a link. False, with errno set, if it fails.
[[nodiscard]] bool change_mode(int directory, const char* name, mode_t mode) noexcept;

[[nodiscard]] inline bool change_mode(const std::string& path, mode_t mode) noexcept {
  return change_mode(AT_FDCWD, path.c_str(), mode);
}

}  // namespace pel
