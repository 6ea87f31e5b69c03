#include "store/tree/file_digest.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "store/base/error.hpp"

namespace pel {
namespace {

constexpr std::size_t kReadSize = std::size_t{256} * 1024;

}  // namespace

Sha256 digest_of_file(int fd, const std::string& path, Sha256Hasher& hasher) {
  thread_local std::vector<std::byte> buffer(kReadSize);
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size > 0) {
      hasher.update(std::span(buffer).first(static_cast<std::size_t>(size)));
    } else if (size == 0) {
      return hasher.finish();
    } else if (errno != EINTR) {
      const int error = errno;
      static_cast<void>(hasher.finish());
      errno = error;
      throw_errno("read", path);
    }
  }
}

}  // namespace pel
