#include "store/gc/disk_meter.hpp"

#include <sys/stat.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {

std::uint64_t DiskMeter::add(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return 0;
  }
  if (S_ISDIR(status.st_mode)) {
    ++inodes_;
    std::uint64_t size = 0;
    try {
      for (const DirectoryEntry& entry : read_directory(path)) {
        size += add(concat(path, "/", entry.name));
      }
    } catch (const Error&) {
      return size;
    }
    return size;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (status.st_nlink == 1 || ++seen_[{status.st_dev, status.st_ino}] == status.st_nlink) {
    bytes_ += size;
    ++inodes_;
  }
  return size;
}

}  // namespace pel
