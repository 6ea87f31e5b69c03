#include "store/environment/mapped_trees.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr const char* kRestoreHint =
    "remove the wheel's directory, its files are read-only; the next run unpacks it again";

}  // namespace

MappedTrees::MappedTrees(const StoreLayout& layout, std::span<const std::string> wheel_ids) {
  files_.reserve(wheel_ids.size());
  trees_.reserve(wheel_ids.size());
  for (const std::string& id : wheel_ids) {
    const std::string path = layout.index(id);
    int error = 0;
    MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
    if (error == ENOENT) {
      throw Error(ErrorCode::not_found, concat("cannot read ", path, ": no such file"))
          .with_hint("the wheel has left the store: try again");
    }
    if (error == EPERM) {
      throw Error(ErrorCode::corrupt,
                  concat("cannot use ", path, ": others than its owner can change it"))
          .with_hint("use a store that belongs to you or to root, and is writable for no one else");
    }
    if (error != 0) {
      errno = error;
      throw_errno("read", path);
    }
    const char* reason = nullptr;
    const auto index = IndexView::open(file.bytes(), reason);
    if (!index) {
      throw Error(ErrorCode::corrupt, concat("cannot use ", path, ": ", reason))
          .with_hint(kRestoreHint);
    }
    trees_.push_back({id, layout.wheel(id), *index});
    files_.push_back(std::move(file));
  }
}

}  // namespace pel
