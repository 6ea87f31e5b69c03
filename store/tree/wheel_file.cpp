#include "store/tree/wheel_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

bool same_time(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

WheelFile::WheelFile(std::string path)
    : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (!fd_ || ::fstat(fd_.get(), &status_) != 0) {
    throw_errno("read wheel", path_);
  }
  if (!S_ISREG(status_.st_mode) || status_.st_size == 0) {
    throw Error(ErrorCode::corrupt, concat("cannot read wheel ", path_, ": it is ",
                                           S_ISREG(status_.st_mode) ? "empty" : "no file"));
  }
  int error = 0;
  file_ = MappedFile::open(fd_.get(), MappedFile::Trust::anybody, error);
  if (!file_) {
    errno = error;
    throw_errno("read wheel", path_);
  }
  sha256_ = sha256_of(file_.bytes());
}

void WheelFile::check_unchanged() const {
  struct stat now{};
  if (::fstat(fd_.get(), &now) != 0) {
    throw_errno("read wheel", path_);
  }
  // The time of change cannot be set by who writes.
  if (now.st_size != status_.st_size || !same_time(now.st_ctim, status_.st_ctim) ||
      !same_time(now.st_mtim, status_.st_mtim)) {
    throw Error(ErrorCode::io, concat("cannot unpack wheel ", path_, ": it changed meanwhile"))
        .with_hint("try again when nobody writes to that file");
  }
}

}  // namespace pel
