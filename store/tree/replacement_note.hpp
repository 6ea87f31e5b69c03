#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/temporary_tree.hpp"

namespace pel {

// Says in the store's tmp/ which wheels are being replaced, until what is made of their files is
// there again. When the process ends before, whoever uses the store next finds the note, and does
// the rest (InterruptedReplacements). Thread-safe.
class ReplacementNote {
 public:
  explicit ReplacementNote(const StoreLayout& layout) : layout_(layout) {}

  // Without done() the note stays.
  ~ReplacementNote();
  ReplacementNote(const ReplacementNote&) = delete;
  ReplacementNote& operator=(const ReplacementNote&) = delete;

  // Before the first file of the wheel is touched. Throws Error(io).
  void add(std::string_view wheel_id);

  // All that was made of these wheels is there again.
  void done() noexcept { tree_.reset(); }

 private:
  StoreLayout layout_;
  std::mutex mutex_;
  std::unique_ptr<TemporaryTree> tree_;
};

// The notes of processes that have died, which are locked for others as long as this lives.
class InterruptedReplacements {
 public:
  // Throws Error(io) for a note that cannot be read.
  explicit InterruptedReplacements(const StoreLayout& layout);

  [[nodiscard]] const std::vector<std::string>& wheel_ids() const noexcept { return wheel_ids_; }

  // What they were about was done.
  void forget() noexcept;

 private:
  std::vector<LeftTree> notes_;
  std::vector<std::string> wheel_ids_;
};

}  // namespace pel
