#include "store/tree/tree_stamp.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

#include "store/base/text.hpp"
#include "store/format/index_format.hpp"

namespace pel {
namespace {

// A file system's clock goes by ticks of the kernel's, of which the longest take so long: what
// happens in one tick has one time.
constexpr std::chrono::milliseconds kTick{10};

constexpr timespec kNow{.tv_sec = 0, .tv_nsec = UTIME_NOW};
constexpr timespec kAsItIs{.tv_sec = 0, .tv_nsec = UTIME_OMIT};

std::string file_of(const std::string& root) {
  return concat(root, "/", index_format::kFileName);
}

}  // namespace

TreeStamp::TreeStamp(const std::string& root) {
  struct stat status{};
  if (::lstat(file_of(root).c_str(), &status) != 0) {
    return;
  }
  const uid_t user = ::geteuid();
  covers_all_ = user != 0 && user != status.st_uid;
  owner_ = status.st_uid;
  time_ = status.st_mtim;
  covers_none_ = !covers_all_ && is_in_future(time_);
}

bool TreeStamp::covers(const struct stat& file) const noexcept {
  return covers_all_ || (!covers_none_ && !is_later(file.st_ctim, time_));
}

void TreeStamp::renew(const std::string& root) noexcept {
  constexpr timespec kTimes[2] = {kAsItIs, kNow};
  static_cast<void>(::utimensat(AT_FDCWD, file_of(root).c_str(), kTimes, AT_SYMLINK_NOFOLLOW));
}

void TreeStamp::renew_from(const std::string& root,
                           std::chrono::steady_clock::time_point begun) noexcept {
  renew_file_from(file_of(root), begun);
}

void TreeStamp::renew_file_from(const std::string& file,
                                std::chrono::steady_clock::time_point begun) noexcept {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  // The time of access means nothing to us, and tells the file system's clock, which may be that of
  // another machine.
  constexpr timespec kLookAtClock[2] = {kNow, kAsItIs};
  struct stat status{};
  if (::utimensat(AT_FDCWD, file.c_str(), kLookAtClock, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::lstat(file.c_str(), &status) != 0) {
    return;
  }
  const nanoseconds since = std::chrono::steady_clock::now() - begun + kTick;
  const nanoseconds time =
      seconds(status.st_atim.tv_sec) + nanoseconds(status.st_atim.tv_nsec) - since;
  if (time <= seconds(status.st_mtim.tv_sec) + nanoseconds(status.st_mtim.tv_nsec) &&
      !is_later(status.st_mtim, status.st_atim)) {
    return;
  }
  const auto whole = std::chrono::floor<seconds>(time);
  const timespec times[2] = {
      kAsItIs, {.tv_sec = whole.count(), .tv_nsec = nanoseconds(time - whole).count()}};
  static_cast<void>(::utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

bool TreeStamp::is_in_future(const timespec& time) noexcept {
  timespec now{};
  return ::clock_gettime(CLOCK_REALTIME, &now) == 0 && is_later(time, now);
}

bool TreeStamp::is_later(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

}  // namespace pel
