#include "store/wheel/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {

TreeWriter::TreeWriter(std::string root)
    : root_(std::move(root)),
      root_fd_(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)) {
  if (!root_fd_) {
    throw_errno("open directory", root_);
  }
}

void TreeWriter::fail(int error, const char* action, std::string_view path) const {
  const std::string absolute = concat(root_, "/", path);
  errno = error;
  throw_errno(action, absolute);
}

void TreeWriter::make_directory(std::string_view path) {
  if (::mkdirat(root_fd_.get(), std::string(path).c_str(), 0700) != 0) {
    fail(errno, "create directory", path);
  }
}

void TreeWriter::create(std::string_view path) {
  const std::string_view name = name_of(path);
  const std::string_view directory =
      path.substr(0, path.size() - name.size() - (name.size() == path.size() ? 0 : 1));
  file_path_ = path;
  // Archives list files directory by directory, so one descriptor serves most of them.
  if (!directory.empty() && (!directory_fd_ || directory_ != directory)) {
    directory_ = directory;
    directory_fd_ = UniqueFd(::openat(root_fd_.get(), directory_.c_str(),
                                      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!directory_fd_) {
      fail(errno, "open directory", directory);
    }
  }
  const int parent = directory.empty() ? root_fd_.get() : directory_fd_.get();
  file_ = UniqueFd(::openat(parent, file_path_.c_str() + (path.size() - name.size()),
                            O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_) {
    fail(errno, "create", path);
  }
}

void TreeWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      const int error = errno;
      if (error == EINTR) {
        continue;
      }
      fail(error, "write", file_path_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void TreeWriter::finish(mode_t mode, std::optional<std::int64_t> mtime) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = mtime.value_or(0), .tv_nsec = 0}};
  int error = 0;
  if (::fchmod(file_.get(), mode) != 0 || (mtime && ::futimens(file_.get(), times) != 0)) {
    error = errno;
  }
  if (const int close_error = file_.close(); error == 0) {
    error = close_error;
  }
  if (error != 0) {
    fail(error, "write", file_path_);
  }
}

void TreeWriter::set_mode(std::string_view directory, mode_t mode) {
  if (::fchmodat(root_fd_.get(), std::string(directory).c_str(), mode, 0) != 0) {
    fail(errno, "set the mode of", directory);
  }
}

}  // namespace pel
