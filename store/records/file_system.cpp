#include "store/records/file_system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <span>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {
namespace {

constexpr std::size_t kBufferSize = std::size_t{64} * 1024;

void write_all(int fd, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("write", path);
    }
    data.remove_prefix(static_cast<std::size_t>(written));
  }
}

// The number of bytes read; 0 at the end.
std::size_t read_some(int fd, std::span<char> buffer, const std::string& path) {
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      throw_errno("read", path);
    }
  }
}

void close_checked(UniqueFd& fd, const std::string& path) {
  if (const int error = fd.close(); error != 0) {
    errno = error;
    throw_errno("close", path);
  }
}

UniqueFd create_exclusively(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) {
    throw_errno("create", path);
  }
  return fd;
}

bool is_gone(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

}  // namespace

std::optional<std::string> read_file_if_any(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    throw_errno("open", path);
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) {
    throw_errno("read", path);
  }
  // The end of others may never come.
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::io, concat("cannot read ", path, ": it is no regular file"));
  }
  std::string content;
  try {
    content.reserve(static_cast<std::size_t>(status.st_size));
  } catch (const std::exception&) {  // no memory, or more than there can be
    throw Error(ErrorCode::io, concat("cannot read ", path, ": it is too large"));
  }
  std::array<char, 4096> small;
  const auto large =
      status.st_size > 4096 ? std::make_unique<std::array<char, kBufferSize>>() : nullptr;
  const std::span<char> buffer = large ? std::span<char>(*large) : std::span<char>(small);
  while (const std::size_t got = read_some(fd.get(), buffer, path)) {
    content.append(buffer.data(), got);
  }
  return content;
}

void write_new_file(const std::string& path, std::string_view content, mode_t mode) {
  UniqueFd fd = create_exclusively(path);
  write_all(fd.get(), content, path);
  if (::fchmod(fd.get(), mode) != 0) {
    throw_errno("set the mode of", path);
  }
  close_checked(fd, path);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
    throw_errno("remove", path);
  }
}

TemporaryDirectory::TemporaryDirectory(const std::string& parent, std::string_view stem) {
  do {
    std::string pattern = concat(parent, "/", stem, "-XXXXXX");
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw_errno("create a temporary directory in", parent);
    }
    path_ = std::move(pattern);
    static_cast<void>(change_mode(path_, 0700));  // whatever the umask
    fd_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd_ && errno != ENOENT) {
      const int error = errno;
      ::rmdir(path_.c_str());
      errno = error;
      throw_errno("open directory", path_);
    }
    if (fd_) {
      static_cast<void>(::flock(fd_.get(), LOCK_EX));
    }
    // Somebody may have taken it for a dead process's before it was locked.
  } while (is_gone(path_));
  if (!fd_ || ::fchmod(fd_.get(), 0755) != 0) {
    const int error = errno;
    ::rmdir(path_.c_str());
    errno = error;
    throw_errno("set the mode of", path_);
  }
}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty()) {
    return;
  }
  try {
    remove_tree(path_);
  } catch (const Error&) {  // best effort: garbage collection sweeps what is left
    return;
  }
}

bool TemporaryDirectory::publish(const std::string& target) {
  if (std::rename(path_.c_str(), target.c_str()) == 0) {
    path_.clear();
    return true;
  }
  if (errno == EEXIST || errno == ENOTEMPTY) {
    return false;
  }
  throw_errno("rename a temporary directory to", target);
}

std::size_t sweep_temporary_directories(const std::string& parent, std::string_view stem) {
  std::size_t deleted = 0;
  try {
    for (const DirectoryEntry& entry : read_directory(parent)) {
      const std::string path = concat(parent, "/", entry.name);
      if (!entry.is_directory || !entry.name.starts_with(stem)) {
        continue;
      }
      const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
        remove_tree(path);
        ++deleted;
      }
    }
  } catch (const Error&) {  // another process's, or another user's
    return deleted;
  }
  return deleted;
}

std::size_t sweep_temporary_files(const std::string& directory, std::string_view target) {
  std::size_t deleted = 0;
  try {
    for (const DirectoryEntry& entry : read_directory(directory)) {
      if (entry.is_directory || !AtomicFile::is_temporary_name(entry.name, target)) {
        continue;
      }
      const std::string path = concat(directory, "/", entry.name);
      const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
      if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
        deleted += ::unlink(path.c_str()) == 0 ? 1U : 0U;
      }
    }
  } catch (const Error&) {  // another user's
    return deleted;
  }
  return deleted;
}

}  // namespace pel
