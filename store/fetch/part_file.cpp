#include "store/fetch/part_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::string_view kSuffix = ".part";
constexpr std::time_t kOld = 24 * 60 * 60;

void make_directories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      throw_errno("create directory", part);
    }
    if (end == std::string::npos) {
      return;
    }
  }
}

}  // namespace

PartFile::PartFile(const std::string& directory) : path_(concat(directory, "/XXXXXX", kSuffix)) {
  std::string pattern = path_;
  fd_ = UniqueFd(::mkostemps(pattern.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC));
  if (!fd_ && errno == ENOENT) {
    make_directories(directory);
    pattern = path_;
    fd_ = UniqueFd(::mkostemps(pattern.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC));
  }
  if (!fd_) {
    throw_errno("create a file in", directory);
  }
  path_ = std::move(pattern);
}

PartFile::~PartFile() {
  ::unlink(path_.c_str());  // best effort: the sweep finds what is left
}

void PartFile::write(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("write", path_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void PartFile::restart() {
  if (::lseek(fd_.get(), 0, SEEK_SET) < 0 || ::ftruncate(fd_.get(), 0) != 0) {
    throw_errno("empty", path_);
  }
}

void PartFile::close() {
  if (const int error = fd_.close(); error != 0) {
    errno = error;
    throw_errno("close", path_);
  }
}

void sweep_part_files(const std::string& directory) noexcept {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), &::closedir);
  if (open == nullptr) {
    return;
  }
  const std::time_t now = std::time(nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's alone
  while (const dirent* entry = ::readdir(open.get())) {
    struct stat status{};
    if (std::string_view(entry->d_name).ends_with(kSuffix) &&
        ::fstatat(::dirfd(open.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode) && now - status.st_mtime > kOld) {
      ::unlinkat(::dirfd(open.get()), entry->d_name, 0);
    }
  }
}

}  // namespace pel
