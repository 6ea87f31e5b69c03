#include "store/fetch/wheel_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

constexpr std::size_t kBufferSize = 256 * 1024;

[[noreturn]] void throw_mismatch(const std::string& file, const std::string& reason) {
  throw Error(ErrorCode::corrupt, concat("cannot use wheel ", file, ": ", reason))
      .with_hint("it is not the file that was locked: replace it, or make the lock anew");
}

std::string size_reason(std::uint64_t size, std::uint64_t expected) {
  return concat("it has ", std::to_string(size), " bytes, the lock says ",
                std::to_string(expected));
}

}  // namespace

std::optional<std::string> mismatch(const LockedArtifact& wheel, std::uint64_t size,
                                    const Sha256& digest) {
  if (wheel.size && *wheel.size != size) {
    return size_reason(size, *wheel.size);
  }
  if (!wheel.sha256) {
    return "the lock has no sha256 for it";
  }
  if (*wheel.sha256 != digest) {
    return concat("its sha256 is ", digest.hex(), ", the lock says ", wheel.sha256->hex());
  }
  return std::nullopt;
}

void check_wheel_file(const LockedArtifact& wheel, const std::string& file) {
  // A fifo would block, and is no file: hence O_NONBLOCK and the check below.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    throw_errno("read wheel", file);
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::io, concat("cannot read wheel ", file, ": it is no regular file"));
  }
  const auto expected = static_cast<std::uint64_t>(status.st_size);
  if (wheel.size && *wheel.size != expected) {
    throw_mismatch(file, size_reason(expected, *wheel.size));
  }
  Sha256Hasher hasher;
  std::vector<std::byte> buffer(kBufferSize);
  std::uint64_t size = 0;
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count == 0) {
      break;
    }
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("read wheel", file);
    }
    size += static_cast<std::uint64_t>(count);
    hasher.update(std::span(buffer).first(static_cast<std::size_t>(count)));
  }
  if (const auto reason = mismatch(wheel, size, hasher.finish())) {
    throw_mismatch(file, *reason);
  }
}

}  // namespace pel
