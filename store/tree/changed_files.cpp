#include "store/tree/changed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
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

}  // namespace

ChangedFiles::ChangedFiles(const std::string& root, const IndexView& index)
    : root_(root), index_(index), places_(index.directory_count()) {
  // A directory has a higher number than the one it is in.
  for (std::uint32_t directory = 0; directory < places_.size(); ++directory) {
    if (directory == index_.tree().site_packages) {
      places_[directory] = {.in_site_packages = true, .path = {}};
    }
    const Place& place = places_[directory];
    for (std::uint32_t i = 0; i < index_.entry_count(directory); ++i) {
      const IndexView::EntryRecord entry = index_.entry_at(directory, i);
      if (entry.kind == EntryKind::directory && entry.target > directory &&
          entry.target < places_.size()) {
        places_[entry.target] = {place.in_site_packages,
                                 concat(place.path, index_.text(entry.name), "/")};
      }
    }
  }
}

std::vector<ChangedFiles::Part> ChangedFiles::parts(std::size_t entries) const {
  std::vector<Part> result;
  std::size_t count = entries;
  for (std::uint32_t directory = 0; directory < places_.size(); ++directory) {
    if (count >= entries) {
      result.push_back({directory, directory});
      count = 0;
    }
    count += index_.entry_count(directory);
    result.back().end = directory + 1;
  }
  return result;
}

std::string ChangedFiles::find(Part part) const {
  // Most files lie deep, and each directory on the way costs: so there are two.
  Anchor root(root_);
  Anchor site(concat(root_, "/", index_format::kSitePackages));
  const auto files = index_.files();
  std::string path;
  for (std::uint32_t directory = part.first; directory < part.end; ++directory) {
    const Place& place = places_[directory];
    path = place.path;
    const std::uint32_t count = index_.entry_count(directory);
    for (std::uint32_t i = 0; i < count; ++i) {
      const IndexView::EntryRecord entry = index_.entry_at(directory, i);
      if (entry.kind != EntryKind::file) {
        continue;
      }
      path.resize(place.path.size());
      path += index_.text(entry.name);
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
