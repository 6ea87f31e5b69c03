#include "store/records/edited_copies.hpp"

#include <algorithm>

#include "store/base/error.hpp"
#include "store/records/edit_record.hpp"
#include "store/records/root_reader.hpp"

namespace pel {

std::vector<EditedCopy> edited_copies(const StoreLayout& layout, const std::string& lock_path) {
  std::vector<EditedCopy> copies;
  if (!may_read_roots(layout)) {
    return copies;
  }
  for (const StoredRoot& root : read_roots(layout)) {
    if (root.kind != "venv" ||
        std::ranges::find(root.locks, lock_path, &RootLock::path) == root.locks.end()) {
      continue;
    }
    try {
      for (const EditedPackage& edit : read_edits(root.prefix)) {
        for (const std::string& id : edit.wheel_ids) {
          copies.push_back({id, root.prefix});
        }
      }
    } catch (const Error&) {
      continue;
    }
  }
  return copies;
}

}  // namespace pel
