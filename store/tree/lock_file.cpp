#include "store/tree/lock_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/tree/change_mode.hpp"

namespace pel {
namespace {

constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

bool is_own_file(const std::string& path) noexcept {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid();
}

}  // namespace

UniqueFd open_lock_file(const std::string& path, mode_t mode) noexcept {
  UniqueFd fd(::open(path.c_str(), kFlags | O_CREAT, mode));
  if (!fd && errno == EACCES && is_own_file(path) && change_mode(path, mode)) {
    fd = UniqueFd(::open(path.c_str(), kFlags));
  }
  if (!fd) {
    const int error = errno;
    fd = UniqueFd(::open(path.c_str(), kFlags));
    errno = fd ? 0 : error;
  }
  return fd;
}

}  // namespace pel
