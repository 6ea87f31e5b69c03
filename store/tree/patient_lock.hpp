#pragma once

#include <atomic>
#include <chrono>

namespace pel {

struct LockPatience {
  std::chrono::milliseconds time{60'000};
  const std::atomic<bool>* cancelled = nullptr;  // ends the waiting with Error(interrupted)
};

// flock(2) with `operation` (LOCK_SH or LOCK_EX) on a descriptor, waiting no longer than the
// patience lasts. Returns 0, or the errno: EWOULDBLOCK when it was at an end.
[[nodiscard]] int lock_patiently(int fd, int operation, const LockPatience& patience);

}  // namespace pel
