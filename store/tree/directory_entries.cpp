#include "store/tree/directory_entries.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"

namespace pel {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

bool is_directory(int parent, const dirent& entry) noexcept {
  if (entry.d_type != DT_UNKNOWN) {
    return entry.d_type == DT_DIR;
  }
  struct stat status{};
  return ::fstatat(parent, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

}  // namespace

std::vector<DirectoryEntry> read_directory(UniqueFd fd, const std::string& path) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
  if (!directory) {
    throw_errno("read directory", path);
  }
  const int parent = fd.release();  // closedir() closes it
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* const entry =
        ::readdir(directory.get());  // NOLINT(concurrency-mt-unsafe): own stream
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      entries.push_back({std::string(name), is_directory(parent, *entry)});
    }
  }
  if (errno != 0) {
    throw_errno("read directory", path);
  }
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

std::vector<DirectoryEntry> read_directory(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT) {
      return {};
    }
    throw_errno("open directory", path);
  }
  return read_directory(std::move(fd), path);
}

}  // namespace pel
