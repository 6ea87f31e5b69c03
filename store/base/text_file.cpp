#include "store/base/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/fd.hpp"

namespace pel {

int read_text_file(const std::string& path, std::size_t limit, std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) {
    return errno;
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) {
    return errno;
  }
  if (S_ISDIR(status.st_mode)) {
    return EISDIR;
  }
  if (!S_ISREG(status.st_mode)) {
    return EINVAL;
  }
  if (static_cast<std::size_t>(status.st_size) > limit) {
    return EFBIG;
  }
  // One byte more than the size shows, in one read, that the end is where it was said to be.
  text.resize(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0) {
      if (errno == EINTR) {
        continue;
      }
      return errno;
    }
    size += static_cast<std::size_t>(got);
    if (size < text.size()) {
      break;
    }
    if (size > limit) {
      return EFBIG;
    }
    text.resize(text.size() * 2);
  }
  text.resize(size);
  return 0;
}

}  // namespace pel
