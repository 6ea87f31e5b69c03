#include "store/tree/make_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/path.hpp"

namespace pel {

void make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) {  // whatever the umask says
      throw_errno("set the mode of", path);
    }
    return;
  }
  if (errno == ENOENT && path.size() > 1) {
    make_directory(directory_of(path), 0755);
    if (::mkdir(path.c_str(), mode) == 0 && ::chmod(path.c_str(), mode) == 0) {
      return;
    }
  }
  if (errno == EEXIST) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return;
    }
    errno = ENOTDIR;
  }
  throw_errno("create directory", path);
}

void sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    throw_errno("sync directory", path);
  }
}

}  // namespace pel
