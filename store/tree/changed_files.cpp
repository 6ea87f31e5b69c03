#include "store/tree/changed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

constexpr mode_t kFileMode = 0444;
constexpr mode_t kExecutableMode = 0555;

}  // namespace

std::string ChangedFiles::find(std::size_t first, std::size_t most) const {
  const UniqueFd root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return root_;
  }
  const auto files = index_.files();
  // A directory has a higher number than the one it is in.
  std::vector<std::string> paths(index_.directory_count());
  std::size_t number = 0;
  for (std::uint32_t directory = 0; directory < index_.directory_count(); ++directory) {
    for (std::uint32_t i = 0; i < index_.entry_count(directory) && number < first + most; ++i) {
      const IndexView::EntryRecord entry = index_.entry_at(directory, i);
      if (entry.kind == EntryKind::directory && entry.target > directory &&
          entry.target < paths.size()) {
        paths[entry.target] = concat(paths[directory], index_.text(entry.name), "/");
      }
      if (entry.kind != EntryKind::file || number++ < first) {
        continue;
      }
      const std::string path = concat(paths[directory], index_.text(entry.name));
      struct stat status{};
      const mode_t mode = S_IFREG | (entry.executable != 0 ? kExecutableMode : kFileMode);
      if (::fstatat(root.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
          status.st_mode != mode || status.st_mtim.tv_nsec != 0 || entry.target >= files.size() ||
          static_cast<std::uint64_t>(status.st_size) != files[entry.target].size) {
        return concat(root_, "/", path);
      }
    }
  }
  return {};
}

}  // namespace pel
