#include "store/base/symlink.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>

#include "store/base/error.hpp"

namespace pel {

std::optional<std::string> read_symlink(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  if (size < 0) {
    return std::nullopt;
  }
  if (static_cast<std::size_t>(size) == sizeof target) {
    errno = ENAMETOOLONG;
    return std::nullopt;
  }
  return std::string(target, static_cast<std::size_t>(size));
}

void throw_no_symlink(const std::string& path) {
  constexpr const char* kAction = "create symbolic link";
  if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP) {
    throw_errno(
        kAction, path,
        "if its file system has no symbolic links (as FAT), choose a directory on another one "
        "(PYENVLAUNCH_CACHE for environments, PYENVLAUNCH_HOME for the store)");
  }
  throw_errno(kAction, path);
}

}  // namespace pel
