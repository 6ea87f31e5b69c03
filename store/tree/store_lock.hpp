#pragma once

#include "store/base/fd.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Stands between those who are about to use what is in a store and those who clear it up. Shared
// by the former, for the moment in which they write down what they need (Claim); held alone by
// garbage collection while it decides what nobody needs and takes that out of sight. Held for
// milliseconds; a hit takes none. Released when the object goes, or the process ends however it
// does.
class StoreLock {
 public:
  enum class Mode { shared, exclusive };

  // Throws Error(busy), which names the processes that hold it, when the patience is at an end.
  // A store that may only be read, or a file system without locks, cannot be locked: Error(io) in
  // exclusive mode; in shared mode is_held() is false then.
  StoreLock(const StoreLayout& layout, Mode mode) : StoreLock(layout, mode, LockPatience{}) {}

  StoreLock(const StoreLayout& layout, Mode mode, const LockPatience& patience);

  [[nodiscard]] bool is_held() const noexcept { return static_cast<bool>(fd_); }

 private:
  UniqueFd fd_;
};

}  // namespace pel
