#include "store/tree/tree_stamp.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "store/base/text.hpp"
#include "store/format/index_format.hpp"

namespace pel {
namespace {

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
}

bool TreeStamp::covers(const struct stat& file) const noexcept {
  return covers_all_ || file.st_ctim.tv_sec < time_.tv_sec ||
         (file.st_ctim.tv_sec == time_.tv_sec && file.st_ctim.tv_nsec <= time_.tv_nsec);
}

void TreeStamp::renew(const std::string& root) noexcept {
  constexpr timespec kTimes[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                  {.tv_sec = 0, .tv_nsec = UTIME_NOW}};
  static_cast<void>(::utimensat(AT_FDCWD, file_of(root).c_str(), kTimes, AT_SYMLINK_NOFOLLOW));
}

}  // namespace pel
