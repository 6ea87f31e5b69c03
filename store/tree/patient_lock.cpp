#include "store/tree/patient_lock.hpp"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "store/base/error.hpp"

namespace pel {
namespace {

constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{50};

}  // namespace

int lock_patiently(int fd, int operation, const LockPatience& patience) {
  const auto end = std::chrono::steady_clock::now() + patience.time;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    if (::flock(fd, operation | LOCK_NB) == 0) {
      return 0;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return errno;
    }
    if (patience.cancelled != nullptr && *patience.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    if (std::chrono::steady_clock::now() >= end) {
      return EWOULDBLOCK;
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace pel
