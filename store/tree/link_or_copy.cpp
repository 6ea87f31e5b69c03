#include "store/tree/link_or_copy.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

void copy_content(int from, int to, const std::string& target) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 30U;
  if (::ioctl(to, FICLONE, from) == 0) {
    return;
  }
  for (;;) {
    const ssize_t copied = ::sendfile(to, from, nullptr, kAtOnce);
    if (copied == 0) {
      return;
    }
    if (copied < 0 && errno != EINTR) {
      throw_errno("write", target);
    }
  }
}

// Whether a hard link can't be had here although nothing is wrong.
bool cannot_be_linked(int error) noexcept {
  return error == EXDEV || error == EPERM || error == EMLINK || error == EOPNOTSUPP ||
         error == ENOSYS || error == EACCES;
}

}  // namespace

void link_or_copy(const std::string& source, const std::string& target) {
  if (::link(source.c_str(), target.c_str()) == 0) {
    return;
  }
  if (!cannot_be_linked(errno)) {
    throw_errno("link", concat(source, " to ", target));
  }
  struct stat status{};
  if (::stat(source.c_str(), &status) != 0) {
    throw_errno("read", source);
  }
  copy_file(source, target, status.st_mode & 0777U);
}

void copy_file(const std::string& source, const std::string& target, mode_t mode) {
  const UniqueFd from(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!from) {
    throw_errno("open", source);
  }
  struct stat status{};
  if (::fstat(from.get(), &status) != 0) {
    throw_errno("read", source);
  }
  UniqueFd to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!to) {
    throw_errno("create", target);
  }
  copy_content(from.get(), to.get(), target);
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(to.get(), times) != 0 || ::fchmod(to.get(), mode) != 0) {
    throw_errno("set mode and time of", target);
  }
  if (const int error = to.close(); error != 0) {
    errno = error;
    throw_errno("close", target);
  }
}

}  // namespace pel
