#include "store/gc/table_links.hpp"

#include <sys/stat.h>

#include <set>

#include "store/base/text.hpp"
#include "store/format/table_format.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {

TableLinks::TableLinks(const StoreLayout& layout, const std::vector<StoredRoot>& roots) {
  for (const DirectoryEntry& entry : read_directory(layout.tables())) {
    add(concat(layout.tables(), "/", entry.name));
  }
  std::set<std::string> tables;
  for (const StoredRoot& root : roots) {
    if (!root.prefix.empty()) {
      tables.insert(concat(root.prefix, "/", table_format::kFileName));
    }
  }
  for (const std::string& table : tables) {
    add(table);
  }
}

bool TableLinks::has_unknown_name(const std::string& kept) const {
  struct stat status{};
  if (::lstat(kept.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return false;
  }
  const auto found = known_.find({status.st_dev, status.st_ino});
  return found == known_.end() || status.st_nlink > found->second;
}

void TableLinks::add(const std::string& table) {
  struct stat status{};
  if (::lstat(table.c_str(), &status) == 0) {
    ++known_[{status.st_dev, status.st_ino}];
  }
}

}  // namespace pel
