#include "store/prefix/prefix_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/random_text.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr int kAttempts = 10;
constexpr std::string_view kReplacement = ".pyenvlaunch-";
constexpr std::size_t kRandomDigits = 16;

void make_symlink(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0) {
    throw_no_symlink(path);
  }
}

// Makes `path`, where there is nothing yet, what the entry says.
void create(const PrefixEntry& entry, const std::string& path) {
  switch (entry.kind) {
    case Kind::directory:
      if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
        throw_errno("create directory", path);
      }
      return;
    case Kind::text:
      write_new_file(path, entry.content, entry.mode);
      return;
    case Kind::symlink:
      make_symlink(entry.content, path);
      return;
    case Kind::program_link:
      // A copy would be a megabyte for each environment.
      if (::link(entry.content.c_str(), path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOSPC || errno == EROFS) {
          throw_errno("link", path);
        }
        make_symlink(entry.content, path);
      }
      return;
    case Kind::data_link:
      link_or_copy(entry.content, path);
      return;
  }
}

bool same_inode(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// A file of another user is not believed by those who read it.
bool is_current_text(const PrefixEntry& entry, const struct stat& status, const std::string& path) {
  return S_ISREG(status.st_mode) && (status.st_mode & 07777U) == entry.mode &&
         (status.st_uid == ::geteuid() || status.st_uid == 0) &&
         static_cast<std::size_t>(status.st_size) == entry.content.size() &&
         read_file_if_any(path) == entry.content;
}

bool is_current_symlink(const PrefixEntry& entry, const struct stat& status,
                        const std::string& path) {
  return S_ISLNK(status.st_mode) && read_symlink(path) == entry.content;
}

// A hard link, or a copy with size and time of its source. Both are read-only: a file that may be
// written was put in the place by a program of the user's, and is the environment's own.
bool is_current_link(const PrefixEntry& entry, const struct stat& status, const std::string& path) {
  if (S_ISREG(status.st_mode) && (status.st_mode & S_IWUSR) != 0) {
    return true;
  }
  struct stat source{};
  if (::stat(entry.content.c_str(), &source) != 0) {
    return false;  // creating it again reports what is wrong with the source
  }
  if (same_inode(source, status)) {
    return true;
  }
  const bool looks_like_it = S_ISREG(status.st_mode) && source.st_size == status.st_size &&
                             source.st_mtim.tv_sec == status.st_mtim.tv_sec &&
                             source.st_mtim.tv_nsec == status.st_mtim.tv_nsec;
  // On one file system it may be a link to the file that was there before: of a wheel that was
  // unpacked again because somebody had changed that file, and had hidden it.
  return looks_like_it && (source.st_dev != status.st_dev ||
                           read_file_if_any(entry.content) == read_file_if_any(path));
}

bool is_current(const PrefixEntry& entry, const std::string& path) {
  struct stat status{};
  const bool follow = entry.kind == Kind::directory || entry.kind == Kind::program_link;
  if (::fstatat(AT_FDCWD, path.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
    return false;
  }
  switch (entry.kind) {
    case Kind::directory:
      return S_ISDIR(status.st_mode);
    case Kind::text:
      return is_current_text(entry, status, path);
    case Kind::symlink:
      return is_current_symlink(entry, status, path);
    case Kind::program_link: {
      struct stat source{};
      return ::stat(entry.content.c_str(), &source) == 0 && same_inode(source, status);
    }
    case Kind::data_link:
      return is_current_link(entry, status, path);
  }
  return false;
}

bool is_on_one_file_system(const std::string& a, const std::string& b) {
  struct stat one{};
  struct stat other{};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 &&
         one.st_dev == other.st_dev;
}

// What will be in the place of whatever is there; other processes see the one or the other.
class Replacement {
 public:
  // Made in `folder`, which is on the same file system.
  Replacement(const PrefixEntry& entry, std::string path, std::string_view folder)
      : entry_(&entry), path_(std::move(path)) {
    create_in(folder);
  }

  ~Replacement() {
    if (!temporary_.empty()) {
      ::unlink(temporary_.c_str());
    }
  }

  Replacement(Replacement&& other) noexcept
      : entry_(other.entry_),
        path_(std::move(other.path_)),
        temporary_(std::exchange(other.temporary_, {})) {}

  Replacement& operator=(Replacement&&) = delete;

  void commit() {
    int result = std::rename(temporary_.c_str(), path_.c_str());
    if (result != 0 && errno == EXDEV) {  // two mounts of one file system
      ::unlink(std::exchange(temporary_, {}).c_str());
      create_in(directory_of(path_));
      result = std::rename(temporary_.c_str(), path_.c_str());
    }
    if (result != 0) {
      throw_errno("replace", path_);
    }
    // rename() of two links to one file leaves both: the destructor removes the other.
  }

 private:
  void create_in(std::string_view folder) {
    std::string temporary = concat(folder, "/", new_replacement_name());
    create(*entry_, temporary);
    temporary_ = std::move(temporary);
  }

  const PrefixEntry* entry_;
  std::string path_;
  std::string temporary_;
};

void replace_directory(const PrefixEntry& entry, const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    throw Error(ErrorCode::io, concat("cannot repair ", path, ": it is no directory"))
        .with_hint("remove it and try again");
  }
  create(entry, path);
}

// What is new is made below `tmp`, where garbage collection finds what an interruption leaves; on
// another file system beside its place.
std::size_t repair(const PrefixPlan& plan, const std::string& prefix, const std::string& tmp,
                   PrefixDurability durability) {
  std::size_t repaired = 0;
  std::optional<TemporaryDirectory> staging;
  std::vector<Replacement> replacements;
  for (const auto& [name, entry] : plan.entries()) {
    std::string path = concat(prefix, "/", name);
    if (is_current(entry, path)) {
      continue;
    }
    ++repaired;
    if (entry.kind == Kind::directory) {
      replace_directory(entry, path);
    } else {
      if (!staging && is_on_one_file_system(prefix, tmp)) {
        staging.emplace(tmp, "pel-repair");
      }
      const std::string folder(staging ? staging->path() : directory_of(path));
      replacements.emplace_back(entry, std::move(path), folder);
    }
  }
  const bool is_durable = durability == PrefixDurability::after_power_loss && repaired != 0;
  if (is_durable) {
    sync_file_system(prefix);
  }
  for (Replacement& replacement : replacements) {
    replacement.commit();
  }
  replacements.clear();
  if (is_durable) {
    sync_file_system(prefix);
  }
  return repaired;
}

void create_entries(const PrefixPlan& plan, const std::string& directory) {
  for (const auto& [name, entry] : plan.entries()) {
    create(entry, concat(directory, "/", name));
  }
}

// False if there is something at `prefix` already.
bool create_prefix(const PrefixPlan& plan, const std::string& prefix, const std::string& tmp,
                   PrefixDurability durability) {
  TemporaryDirectory fresh(tmp, "pel-env");
  create_entries(plan, fresh.path());
  if (durability == PrefixDurability::after_power_loss) {
    sync_file_system(fresh.path());
  }
  return fresh.publish(prefix);
}

}  // namespace

std::string new_replacement_name() {
  std::string digits = random_text();
  digits.resize(kRandomDigits, '0');
  return concat(kReplacement, digits);
}

bool is_replacement_name(std::string_view name) noexcept {
  return name.size() == kReplacement.size() + kRandomDigits && name.starts_with(kReplacement) &&
         name.find_first_not_of("0123456789abcdef", kReplacement.size()) == std::string_view::npos;
}

PrefixChange write_prefix(const PrefixPlan& plan, const std::string& prefix, const std::string& tmp,
                          PrefixDurability durability) {
  for (int attempt = 0;; ++attempt) {
    if (!exists(prefix) && create_prefix(plan, prefix, tmp, durability)) {
      return {.created = true};
    }
    try {
      return {.repaired = repair(plan, prefix, tmp, durability)};
    } catch (const Error&) {
      // Another process may have removed it meanwhile.
      if (exists(prefix) || attempt == kAttempts) {
        throw;
      }
    }
  }
}

bool create_prefix_at_once(const PrefixPlan& plan, const std::string& prefix,
                           const std::string& tmp) {
  const std::string parent = directory_of(prefix);
  make_directories(parent);
  struct stat status{};
  if (::lstat(prefix.c_str(), &status) == 0 || !is_on_one_file_system(parent, tmp)) {
    return false;
  }
  const TemporaryDirectory fresh(tmp, "pel-env");
  const std::string directory = concat(fresh.path(), "/prefix");
  make_directories(directory);
  create_entries(plan, directory);
  sync_file_system(directory);
  if (std::rename(directory.c_str(), prefix.c_str()) == 0) {
    return true;
  }
  constexpr std::array<int, 4> kTaken = {EEXIST, ENOTEMPTY, ENOTDIR, EXDEV};
  if (std::ranges::find(kTaken, errno) == kTaken.end()) {
    throw_errno("rename a temporary directory to", prefix);
  }
  return false;
}

}  // namespace pel
