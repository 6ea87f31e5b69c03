#include "store/layout/mapped_trees.hpp"

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

MappedTrees::MappedTrees(const StoreLayout& layout, std::span<const std::string> wheel_ids,
                         std::span<const std::shared_ptr<const StoredIndex>> open)
    : shared_(open.begin(), open.end()) {
  trees_.reserve(wheel_ids.size());
  shared_.resize(wheel_ids.size());
  for (std::size_t i = 0; i < wheel_ids.size(); ++i) {
    const StoredIndex* const index = shared_[i].get();
    if (index != nullptr && index->view() != nullptr && index->is_trusted()) {
      trees_.push_back({wheel_ids[i], layout.wheel(wheel_ids[i]), *index->view()});
    } else {
      add(layout, wheel_ids[i]);
    }
  }
}

void MappedTrees::add(const StoreLayout& layout, const std::string& id) {
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

}  // namespace pel
