#include "store/tree/changed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/tree/file_digest.hpp"
#include "store/tree/store_owners.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

constexpr mode_t kFileMode = 0444;
constexpr mode_t kExecutableMode = 0555;

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

struct ChangedFiles::Candidate {
  int directory;            // open; of the anchor
  const Place& place;       // of the directory that has it
  const std::string& path;  // below the anchor
  mode_t mode;
  std::uint32_t number;  // in the INDEX
};

ChangedFiles::ChangedFiles(const std::string& root, const IndexView& index)
    : root_(root),
      store_(concat(root, "/../..")),
      index_(index),
      stamp_(root),
      adder_(is_store_owner(stamp_.owner(), store_) ? stamp_.owner() : 0),
      places_(index.directory_count()) {
  // A directory has a higher number than the one it is in.
  for (std::uint32_t directory = 0; directory < places_.size(); ++directory) {
    if (directory == index_.tree().site_packages) {
      places_[directory] = {.in_site_packages = true, .path = {}};
    }
    const Place& place = places_[directory];
    for (const IndexView::EntryRecord entry : index_.entries(directory)) {
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
    count += index_.entries(directory).size();
    result.back().end = directory + 1;
  }
  return result;
}

bool ChangedFiles::is_unchanged(const Candidate& file) const {
  const auto files = index_.files();
  struct stat status{};
  return file.number < files.size() &&
         ::fstatat(file.directory, file.path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         status.st_mode == (S_IFREG | file.mode) &&
         static_cast<std::uint64_t>(status.st_size) == files[file.number].size &&
         has_right_owner(status.st_uid) &&
         ((status.st_mtim.tv_nsec == 0 && stamp_.covers(status)) || has_content_of(file, status));
}

// Most files belong to the user who has added the tree.
bool ChangedFiles::has_right_owner(uid_t owner) const {
  return owner == adder_ || is_store_owner(owner, store_);
}

bool ChangedFiles::has_content_of(const Candidate& file, const struct stat& status) const {
  std::call_once(cold_once_, [this] { cold_is_intact_ = index_.cold_is_intact(); });
  const UniqueFd fd(
      ::openat(file.directory, file.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd || !cold_is_intact_) {
    return false;
  }
  has_read_ = true;
  Sha256Hasher hasher;
  if (!std::ranges::equal(digest_of_file(fd.get(), absolute(file.place, file.path), hasher).bytes,
                          index_.files()[file.number].sha256)) {
    return false;
  }
  if (status.st_mtim.tv_nsec != 0 || TreeStamp::is_in_future(status.st_ctim)) {
    // Of a copy of the store without its times, or of a clock that was set back since: the time of
    // change becomes the present, too. Whoever writes to the file meanwhile leaves one that shows
    // it.
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                               {.tv_sec = status.st_mtim.tv_sec, .tv_nsec = 0}};
    static_cast<void>(::futimens(fd.get(), times));
  }
  return true;
}

std::string ChangedFiles::absolute(const Place& place, std::string_view path) const {
  return place.in_site_packages ? concat(root_, "/", index_format::kSitePackages, "/", path)
                                : concat(root_, "/", path);
}

void ChangedFiles::renew_stamp() const noexcept {
  if (has_read_) {
    TreeStamp::renew_from(root_, begun_);
  }
}

std::string ChangedFiles::find(Part part) const {
  // Most files lie deep, and each directory on the way costs: so there are two.
  Anchor root(root_);
  Anchor site(concat(root_, "/", index_format::kSitePackages));
  std::string path;
  for (std::uint32_t directory = part.first; directory < part.end; ++directory) {
    const Place& place = places_[directory];
    path = place.path;
    for (const IndexView::EntryRecord entry : index_.entries(directory)) {
      if (entry.kind != EntryKind::file) {
        continue;
      }
      path.resize(place.path.size());
      path += index_.text(entry.name);
      if (!is_unchanged({.directory = place.in_site_packages ? site.get() : root.get(),
                         .place = place,
                         .path = path,
                         .mode = entry.executable != 0 ? kExecutableMode : kFileMode,
                         .number = entry.target})) {
        return absolute(place, path);
      }
    }
  }
  return {};
}

}  // namespace pel
