#include "store/gc/trash.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/move_away.hpp"

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
  try {
    if (!move_away(path, place)) {
      return {};
    }
  } catch (const Error& error) {
    warnings.push_back(error.message());
    return {};
  }
  emptied_.insert(directory_of(path));
  return place;
}

}  // namespace pel
