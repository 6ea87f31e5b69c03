#include "store/tree/change_mode.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace pel {

bool change_mode(int directory, const char* name, mode_t mode) noexcept {
  if (::fchmodat(directory, name, mode, AT_SYMLINK_NOFOLLOW) == 0) {
    return true;
  }
  // The C library needs /proc for that, and a container may have none.
  struct stat status{};
  if (errno != EOPNOTSUPP || ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return false;
  }
  if (S_ISLNK(status.st_mode)) {
    errno = EOPNOTSUPP;
    return false;
  }
  return ::fchmodat(directory, name, mode, 0) == 0;
}

}  // namespace pel
