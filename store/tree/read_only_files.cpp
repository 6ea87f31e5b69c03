#include "store/tree/read_only_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <vector>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

constexpr mode_t kMayWrite = 0222;

std::vector<DirectoryEntry> entries_if_readable(const std::string& directory) {
  try {
    return read_directory(directory);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

void make_files_read_only(const std::string& directory) {
  for (const DirectoryEntry& entry : entries_if_readable(directory)) {
    const std::string path = concat(directory, "/", entry.name);
    struct stat status{};
    if (entry.is_directory) {
      make_files_read_only(path);
    } else if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
               (status.st_mode & kMayWrite) != 0) {
      static_cast<void>(change_mode(path, status.st_mode & 07777U & ~kMayWrite));
    }
  }
}

}  // namespace pel
