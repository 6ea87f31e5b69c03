#include "store/tree/changed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

constexpr mode_t kFileMode = 0444;
constexpr mode_t kExecutableMode = 0555;
constexpr std::uint64_t kNoSize = UINT64_MAX;  // which no file has

bool is_unchanged(int directory, const std::string& path, mode_t mode, std::uint64_t size) {
  struct stat status{};
  return ::fstatat(directory, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         status.st_mode == (S_IFREG | mode) && status.st_mtim.tv_nsec == 0 &&
         static_cast<std::uint64_t>(status.st_size) == size;
}

// A directory that names are resolved from; opened when it is needed.
class Anchor {
 public:
  explicit Anchor(std::string path) : path_(std::move(path)) {}

  // -1 if it is not there. Throws Error(io) for any other reason.
  [[nodiscard]] int get() {
    if (!fd_) {
      fd_ = UniqueFd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!fd_ && errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
        throw_errno("look at", path_);
      }
    }
    return fd_.get();
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

struct Place {
  bool in_site_packages = false;
  std::string path;  // below the anchor; empty, or with a slash at its end
};

}  // namespace

std::string ChangedFiles::find(std::size_t first, std::size_t most) const {
  // Most files lie deep, and each directory on the way costs: so there are two.
  Anchor root(root_);
  Anchor site(concat(root_, "/", index_format::kSitePackages));
  const auto files = index_.files();
  // A directory has a higher number than the one it is in.
  std::vector<Place> places(index_.directory_count());
  std::size_t number = 0;
  for (std::uint32_t directory = 0; directory < index_.directory_count(); ++directory) {
    if (directory == index_.tree().site_packages) {
      places[directory] = {.in_site_packages = true, .path = {}};
    }
    const Place place = std::move(places[directory]);
    for (std::uint32_t i = 0; i < index_.entry_count(directory) && number < first + most; ++i) {
      const IndexView::EntryRecord entry = index_.entry_at(directory, i);
      const std::string_view name = index_.text(entry.name);
      if (entry.kind == EntryKind::directory && entry.target > directory &&
          entry.target < places.size()) {
        places[entry.target] = {place.in_site_packages, concat(place.path, name, "/")};
      }
      if (entry.kind != EntryKind::file || number++ < first) {
        continue;
      }
      const std::string path = concat(place.path, name);
      const std::uint64_t size = entry.target < files.size() ? files[entry.target].size : kNoSize;
      if (!is_unchanged(place.in_site_packages ? site.get() : root.get(), path,
                        entry.executable != 0 ? kExecutableMode : kFileMode, size)) {
        return place.in_site_packages ? concat(root_, "/", index_format::kSitePackages, "/", path)
                                      : concat(root_, "/", path);
      }
    }
  }
  return {};
}

}  // namespace pel
