#include "store/tree/move_away.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "store/base/error.hpp"
#include "store/tree/change_mode.hpp"

namespace pel {

bool move_away(const std::string& path, const std::string& place) {
  struct stat status{};
  // A read-only directory cannot be moved by its owner.
  if (::lstat(path.c_str(), &status) == 0 &&
      (!S_ISDIR(status.st_mode) || change_mode(path, 0755)) &&
      std::rename(path.c_str(), place.c_str()) == 0) {
    return true;
  }
  if (errno == ENOENT) {
    return false;
  }
  throw_errno("remove", path);
}

}  // namespace pel
