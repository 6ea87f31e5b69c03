#include "store/base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::string_view kTemporaryPrefix = ".tmp-";
constexpr std::size_t kRandomLetters = 6;  // behind a dash, as mkostemp() makes them

// Of a long name only so much that the temporary one is not too long for file systems.
std::string_view kept_part(std::string_view name) noexcept {
  constexpr std::size_t kLongestName = 255;
  return name.substr(0, kLongestName - kTemporaryPrefix.size() - 1 - kRandomLetters);
}

void sync_directory(const std::string& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    throw_errno("open directory", directory);
  }
  if (::fsync(fd.get()) != 0) {
    throw_errno("sync directory", directory);
  }
}

}  // namespace

AtomicFile::AtomicFile(std::string target, const Options& options)
    : target_(std::move(target)), options_(options) {
  struct stat status{};
  do {
    std::string pattern =
        concat(directory_of(target_), "/", kTemporaryPrefix, kept_part(name_of(target_)), "-",
               std::string(kRandomLetters, 'X'));
    fd_ = UniqueFd(::mkostemp(pattern.data(), O_CLOEXEC));
    if (!fd_) {
      throw_errno("create a temporary file for", target_);
    }
    temporary_ = std::move(pattern);
    static_cast<void>(::flock(fd_.get(), LOCK_EX));
    // Somebody may have taken it for a dead process's before it was locked.
  } while (::fstat(fd_.get(), &status) == 0 && status.st_nlink == 0);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());  // best effort: garbage collection sweeps what is left
  }
}

void AtomicFile::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd_.get(), data.data(), data.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("write", temporary_);
    }
    data = data.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(std::string_view text) {
  write(std::as_bytes(std::span(text)));
}

void AtomicFile::commit() {
  if (!fd_) {
    throw std::logic_error("AtomicFile::commit() called twice");
  }
  if (::fchmod(fd_.get(), options_.mode) != 0) {
    throw_errno("set the mode of", temporary_);
  }
  const bool sync = options_.durability == Durability::after_power_loss;
  if (sync && ::fsync(fd_.get()) != 0) {
    throw_errno("sync", temporary_);
  }
  // Keeps the lock until the file has its name.
  const UniqueFd lock(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (const int close_errno = fd_.close(); close_errno != 0) {
    errno = close_errno;
    throw_errno("close", temporary_);
  }
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw_errno("rename a temporary file to", target_);
  }
  temporary_.clear();
  if (sync) {
    sync_directory(directory_of(target_));
  }
}

bool AtomicFile::is_temporary_name(std::string_view file_name, std::string_view target) noexcept {
  if (!file_name.starts_with(kTemporaryPrefix)) {
    return false;
  }
  file_name.remove_prefix(kTemporaryPrefix.size());
  target = kept_part(target);
  return target.empty() ||
         (file_name.starts_with(target) && file_name.substr(target.size()).starts_with('-') &&
          file_name.size() == target.size() + 1 + kRandomLetters);
}

mode_t mode_of_new_file() noexcept {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace pel
