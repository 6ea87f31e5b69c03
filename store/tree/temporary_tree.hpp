#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/base/fd.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// A private directory (0700) under a store's tmp/, deleted with its content when the object goes
// unless it was published. While the object lives the directory is locked with flock, so that
// reclaim_temporary_trees() can tell it from what a dead process left.
class TemporaryTree {
 public:
  // `purpose` is a word for people who look into tmp/. Throws Error when it cannot be made:
  // Error(busy), which names the process, if one that clears up there was stopped in the middle.
  TemporaryTree(const StoreLayout& layout, std::string_view purpose,
                const LockPatience& patience = {});
  ~TemporaryTree();
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // The directory itself, open.
  [[nodiscard]] int descriptor() const noexcept { return fd_.get(); }

  // Moves the directory to `target` and makes it read-only (0555). False, with nothing changed, if
  // there is something at `target` already.
  //
  // A directory that its owner may not write to cannot be moved unless by root, so the mode comes
  // last; who finds a writable one at `target` may complete it.
  [[nodiscard]] bool publish(const std::string& target);

  // It stays where it is, unlocked.
  void leave() noexcept { path_.clear(); }

 private:
  std::string path_;  // empty once published or left
  UniqueFd fd_;
};

// Deletes what processes that died have left under tmp/, but for notes of replacements
// (ReplacementNote), and nothing else. Silent about what it
// cannot delete: the next call tries again. True if something that was removed from the store was
// among it, whose removal may not have been announced (Store::replace_generation).
bool reclaim_temporary_trees(const StoreLayout& layout);

// The purpose of a TemporaryTree that receives what is removed from the store.
inline constexpr std::string_view kTrash = "trash";

// That of one that is a note of wheels which are being replaced.
inline constexpr std::string_view kReplacement = "replace";

// What a dead process has left; others cannot lock it as long as this lives.
struct LeftTree {
  std::string path;
  UniqueFd fd;
};

// The notes among them. Where there is none, it costs one look into tmp/; none, too, where tmp/
// cannot be read or locked.
[[nodiscard]] std::vector<LeftTree> left_replacement_notes(const StoreLayout& layout);

}  // namespace pel
