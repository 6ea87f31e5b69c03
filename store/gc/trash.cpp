#include "store/gc/trash.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {

Trash::~Trash() {
  for (const std::string& directory : emptied_) {
    try_to_sync_directory(directory);
  }
}

std::string Trash::take(const std::string& path, std::vector<std::string>& warnings) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return {};
  }
  if (!tree_) {
    tree_ = std::make_unique<TemporaryTree>(layout_, kTrash);
  }
  std::string place = concat(tree_->path(), "/", std::to_string(count_++));
  // A read-only directory cannot be moved by its owner.
  if ((S_ISDIR(status.st_mode) && ::chmod(path.c_str(), 0755) != 0) ||
      std::rename(path.c_str(), place.c_str()) != 0) {
    if (errno != ENOENT) {
      try {
        throw_errno("remove", path);
      } catch (const Error& error) {
        warnings.push_back(error.message());
      }
    }
    return {};
  }
  emptied_.insert(directory_of(path));
  return place;
}

}  // namespace pel
