#include "tests/torture/calls.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

namespace torture {
namespace {

std::string link_of(pid_t process, long descriptor) {
  std::array<char, PATH_MAX> target{};
  const std::string path = "/proc/" + std::to_string(process) +
                           (static_cast<int>(descriptor) == AT_FDCWD
                                ? "/cwd"
                                : "/fd/" + std::to_string(static_cast<int>(descriptor)));
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string text_at(pid_t process, unsigned long address) {
  std::array<char, PATH_MAX> text{};
  // Not across the end of a page that may be the last one.
  constexpr unsigned long kPage = 4096;
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t step = std::min(text.size() - size, kPage - (address + size) % kPage);
    const iovec local{text.data() + size, step};
    const iovec remote{reinterpret_cast<void*>(address + size), step};
    if (::process_vm_readv(process, &local, 1, &remote, 1, 0) <= 0) {
      break;
    }
    if (std::memchr(text.data() + size, 0, step) != nullptr) {
      return text.data();
    }
    size += step;
  }
  return {};
}

// The path that `path` is for this thread, below the directory of the descriptor.
std::string absolute(pid_t process, long directory, unsigned long address) {
  const std::string path = text_at(process, address);
  return path.starts_with('/') ? path : link_of(process, directory) + "/" + path;
}

}  // namespace

const CallKind* kind_of(long number) {
  for (const CallKind& call : kCalls) {
    if (call.number == number) {
      return &call;
    }
  }
  return nullptr;
}

std::string Call::path() const {
  if (kind->path == kNone) {
    return link_of(process, static_cast<long>(argument(kind->descriptor)));
  }
  const long directory =
      kind->directory == kNone ? AT_FDCWD : static_cast<long>(argument(kind->directory));
  return absolute(process, directory, argument(kind->path));
}

std::string Call::source() const {
  switch (kind->number) {
    case SYS_rename:
    case SYS_link:
      return absolute(process, AT_FDCWD, argument(0));
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_linkat:
      return absolute(process, static_cast<long>(argument(0)), argument(1));
    default:
      return {};
  }
}

bool Call::opens_for_writing() const {
  return kind->number == SYS_creat ||
         (kind->flags != kNone &&
          (argument(kind->flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0);
}

}  // namespace torture
