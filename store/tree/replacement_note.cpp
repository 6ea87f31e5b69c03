#include "store/tree/replacement_note.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {

ReplacementNote::~ReplacementNote() {
  if (tree_) {
    tree_->leave();
  }
}

void ReplacementNote::add(std::string_view wheel_id) {
  const std::scoped_lock guard(mutex_);
  if (!tree_) {
    tree_ = std::make_unique<TemporaryTree>(layout_, kReplacement);
  }
  const std::string path = concat(tree_->path(), "/", wheel_id);
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    throw_errno("create", path);
  }
}

InterruptedReplacements::InterruptedReplacements(const StoreLayout& layout)
    : notes_(left_replacement_notes(layout)) {
  for (const LeftTree& note : notes_) {
    for (DirectoryEntry& wheel : read_directory(note.path)) {
      wheel_ids_.push_back(std::move(wheel.name));
    }
  }
}

void InterruptedReplacements::forget() noexcept {
  for (const LeftTree& note : notes_) {
    try {
      remove_tree(note.path);
    } catch (const std::exception&) {  // the next one does it all again
      continue;
    }
  }
  notes_.clear();
}

}  // namespace pel
