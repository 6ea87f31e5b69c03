#include "store/tree/make_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/path.hpp"
#include "store/tree/change_mode.hpp"

namespace pel {

namespace {

// As mkdir(2), but its owner can use it whatever the umask, as the parents that `mkdir -p` makes.
bool make_usable(const std::string& path, mode_t mode) noexcept {
  if (::mkdir(path.c_str(), mode) != 0) {
    return false;
  }
  struct stat status{};
  return ::lstat(path.c_str(), &status) != 0 || (status.st_mode & S_IRWXU) == S_IRWXU ||
         change_mode(path, (status.st_mode & 07777U) | S_IRWXU);
}

// False when there is a directory already; throws for what is no directory. `parents` is the mode
// of those above that are missing, as far as the umask allows it.
bool make_one(const std::string& path, mode_t mode, mode_t parents) {
  if (make_usable(path, mode)) {
    return true;
  }
  if (errno == ENOENT && path.size() > 1) {
    make_one(directory_of(path), parents, parents);
    if (make_usable(path, mode)) {
      return true;
    }
  }
  if (errno == EEXIST) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return false;
    }
    errno = ENOTDIR;
  }
  throw_errno("create directory", path);
}

}  // namespace

bool make_directory(const std::string& path, mode_t mode) {
  if (!make_one(path, mode, 0755)) {
    return false;
  }
  // Not through a link that somebody has put into its place meanwhile.
  if (!change_mode(path, mode)) {
    throw_errno("set the mode of", path);
  }
  return true;
}

void make_directories(const std::string& path) {
  make_one(path, 0777, 0777);
}

void sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    throw_errno("sync directory", path);
  }
}

void try_to_sync_directory(const std::string& path) noexcept {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) {
    static_cast<void>(::fsync(fd.get()));
  }
}

void sync_file_system(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0) {
    throw_errno("write to disk", path);
  }
}

}  // namespace pel
