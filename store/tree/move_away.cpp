#include "store/tree/move_away.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {
namespace {

void delete_in_place(const std::string& directory) {
  for (const DirectoryEntry& entry : read_directory(directory)) {
    const std::string path = concat(directory, "/", entry.name);
    if (!entry.is_directory && ::unlink(path.c_str()) != 0 && errno != ENOENT) {
      throw_errno("delete", path);
    }
  }
  try_to_sync_directory(directory);
  remove_tree(directory);
}

}  // namespace

bool move_away(const std::string& path, const std::string& place) {
  struct stat status{};
  // A read-only directory cannot be moved by its owner.
  if (::lstat(path.c_str(), &status) == 0 &&
      (!S_ISDIR(status.st_mode) || change_mode(path, 0755))) {
    if (std::rename(path.c_str(), place.c_str()) == 0) {
      return true;
    }
    if (errno == EXDEV && S_ISDIR(status.st_mode)) {
      make_directory(place, 0700);
      delete_in_place(path);
      return true;
    }
  }
  if (errno == ENOENT) {
    return false;
  }
  throw_errno("remove", path);
}

}  // namespace pel
