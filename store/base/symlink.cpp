#include "store/base/symlink.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>

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

}  // namespace pel
