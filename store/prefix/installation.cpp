#include "store/prefix/installation.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/self_path.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/store_owners.hpp"
#include "store/tree/tree_stamp.hpp"

namespace pel {
namespace {

constexpr std::string_view kLauncher = "pyenvlaunch";
constexpr std::string_view kEmbed = "embed.so";
constexpr std::string_view kManager = "pyenvlaunch-manager";
constexpr mode_t kMode = 0555;

// Its time says until when the files beside it are known. Nobody can set the time of a change: a
// later one is a link that an environment has made, or somebody's change who has set size and time.
constexpr std::string_view kMark = "unchanged-since";

[[noreturn]] void throw_missing(const std::string& path) {
  throw Error(ErrorCode::not_found, concat("cannot find ", path, ", a part of this program"))
      .with_hint("install pyenvlaunch again");
}

bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

// Mapped, since every new environment asks that of the launcher: its link has changed the file.
bool has_same_content(const std::string& a, const std::string& b) {
  int error = 0;
  const MappedFile first = MappedFile::open(a.c_str(), MappedFile::Trust::anybody, error);
  const MappedFile second = MappedFile::open(b.c_str(), MappedFile::Trust::anybody, error);
  return first && second && same_bytes(first.bytes(), second.bytes());
}

// Whether `copy` is what copying `source` would give. Equal times of a file that was left alone
// since the mark spare reading it, so a copy of the same content is given the time of its source.
bool is_copy(const std::string& source, const std::string& copy, const timespec& mark,
             bool& has_read) {
  struct stat from{};
  struct stat to{};
  if (::stat(source.c_str(), &from) != 0 || ::lstat(copy.c_str(), &to) != 0 ||
      !S_ISREG(to.st_mode) || from.st_size != to.st_size || (to.st_mode & 07777U) != kMode) {
    return false;
  }
  const uid_t user = ::geteuid();
  const bool may_be_changed =
      (user == 0 || user == to.st_uid) &&
      (!TreeStamp::is_later(mark, to.st_ctim) || TreeStamp::is_in_future(mark));
  const bool same_time = !TreeStamp::is_later(from.st_mtim, to.st_mtim) &&
                         !TreeStamp::is_later(to.st_mtim, from.st_mtim);
  if (same_time && !may_be_changed) {
    return true;
  }
  has_read = true;
  if (!has_same_content(source, copy)) {
    return false;
  }
  const timespec times[2] = {from.st_atim, from.st_mtim};
  // If that fails, the next run reads the files again.
  if (!same_time || TreeStamp::is_in_future(to.st_ctim)) {
    static_cast<void>(::utimensat(AT_FDCWD, copy.c_str(), times, AT_SYMLINK_NOFOLLOW));
  }
  return true;
}

// A link or a file where the directory of a copy has to be.
void remove_if_no_directory(const std::string& directory) {
  struct stat status{};
  if (::lstat(directory.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    remove_file(directory);
  }
}

Installation inside(const std::string& directory) {
  return {concat(directory, "/", kLauncher), concat(directory, "/", kEmbed),
          concat(directory, "/", kManager)};
}

void replace(const std::string& source, const std::string& copy) {
  const TemporaryDirectory fresh(directory_of(copy), ".tmp");
  const std::string file = concat(fresh.path(), "/", name_of(copy));
  copy_file(source, file, kMode);
  sync_file_system(fresh.path());
  if (std::rename(file.c_str(), copy.c_str()) != 0) {
    throw_errno("replace", copy);
  }
}

void renew_mark(const std::string& mark, std::chrono::steady_clock::time_point begun) {
  constexpr timespec kLongAgo[2] = {};
  const UniqueFd fd(
      ::open(mark.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444));
  // A new one says nothing yet. Who cannot write it reads the files the next time, too.
  if (!fd || ::futimens(fd.get(), kLongAgo) == 0) {
    TreeStamp::renew_file_from(mark, begun);
  }
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return {text.data(), static_cast<std::size_t>(size)};
}

// Of one file; `source` is empty where its content is not known.
std::optional<Finding> verify_file(const StoreLayout& layout, const std::string& id,
                                   const std::string& path, const std::string& source) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return Finding{id, FindingKind::missing, path, concat(path, ": it is missing")};
  }
  if (!S_ISREG(status.st_mode)) {
    return Finding{id, FindingKind::missing, path, concat(path, ": it is no regular file")};
  }
  if (!is_store_owner(status.st_uid, layout.root())) {
    return Finding{id, FindingKind::owner, path,
                   concat(path, ": it belongs to user ", std::to_string(status.st_uid),
                          ", who could change it")};
  }
  if (!source.empty() && read_file_if_any(source) != read_file_if_any(path)) {
    return Finding{id, FindingKind::content, path,
                   concat(path, ": its content is not that of this program")};
  }
  if ((status.st_mode & 07777U) != kMode) {
    return Finding{id, FindingKind::mode, path,
                   concat(path, ": its mode is ", octal(status.st_mode), ", not ", octal(kMode))};
  }
  return std::nullopt;
}

// Each file of a copy, and where its content comes from.
std::array<std::pair<std::string, std::string>, 3> parts_of(const Installation& copy,
                                                            const Installation& source) {
  return {std::pair(copy.launcher, source.launcher), std::pair(copy.embed, source.embed),
          std::pair(copy.manager, source.manager)};
}

// Puts right what is not what `source` has.
void refresh(const Installation& source, const Installation& copy, const std::string& mark) {
  const auto begun = std::chrono::steady_clock::now();
  struct stat status{};
  if (::lstat(mark.c_str(), &status) != 0) {
    status.st_mtim = {};
  }
  bool has_read = false;
  for (const auto& [path, original] : parts_of(copy, source)) {
    if (!is_copy(original, path, status.st_mtim, has_read)) {
      replace(original, path);
    }
  }
  if (has_read) {
    renew_mark(mark, begun);
  }
}

}  // namespace

Installation find_installation(const std::string& manager) {
  const std::string directory = directory_of(manager);
  Installation found{concat(directory_of(directory_of(directory)), "/bin/", kLauncher),
                     concat(directory, "/", kEmbed), manager};
  if (!is_file(found.launcher)) {
    found.launcher = concat(directory, "/", kLauncher);
  }
  for (const std::string& part : {found.launcher, found.embed}) {
    if (!is_file(part)) {
      throw_missing(part);
    }
  }
  return found;
}

Installation this_installation() {
  const std::string self = self_path();
  if (self.empty()) {
    throw_no_self_path();
  }
  return find_installation(self);
}

std::vector<Finding> verify_launchers(const Installation& installation, const StoreLayout& layout,
                                      const std::string& launcher_id) {
  std::vector<Finding> findings;
  for (const DirectoryEntry& entry : read_directory(layout.launchers())) {
    if (entry.name.starts_with('.')) {
      continue;  // it is being made, or was left; garbage collection knows
    }
    const std::string directory = concat(layout.launchers(), "/", entry.name);
    if (!entry.is_directory) {
      findings.push_back(
          {entry.name, FindingKind::extra, directory, concat(directory, ": it is no directory")});
      continue;
    }
    const Installation copy = inside(directory);
    const bool is_known = entry.name == launcher_id && installation.manager != copy.manager;
    for (const auto& [path, source] : parts_of(copy, is_known ? installation : Installation{})) {
      if (auto finding = verify_file(layout, entry.name, path, source)) {
        findings.push_back(std::move(*finding));
      }
    }
  }
  return findings;
}

std::vector<std::string> repair_launchers(const Installation& installation,
                                          const StoreLayout& layout,
                                          const std::string& launcher_id) {
  std::vector<std::string> mended;
  const Installation copy = inside(concat(layout.launchers(), "/", launcher_id));
  for (const Finding& finding : verify_launchers(installation, layout, launcher_id)) {
    if (finding.kind == FindingKind::extra) {
      remove_if_no_directory(finding.path);
      mended.push_back(concat(finding.path, ": deleted"));
      if (finding.id == launcher_id) {
        copy_to_store(installation, layout, launcher_id);
        mended.push_back(concat(finding.path, ": copied again"));
      }
    }
    for (const auto& [path, source] : parts_of(copy, installation)) {
      if (path == finding.path && path != source && finding.kind != FindingKind::mode) {
        replace(source, path);
        mended.push_back(concat(path, ": copied again"));
      }
    }
    if (finding.kind == FindingKind::mode && change_mode(finding.path, kMode)) {
      mended.push_back(concat(finding.path, ": mode set"));
    }
  }
  return mended;
}

Installation copy_to_store(const Installation& installation, const StoreLayout& layout,
                           const std::string& launcher_id) {
  const std::string directory = concat(layout.launchers(), "/", launcher_id);
  const Installation copy = inside(directory);
  if (installation.manager == copy.manager) {
    return copy;
  }
  struct stat status{};
  remove_if_no_directory(directory);
  if (::stat(directory.c_str(), &status) != 0) {
    // Beside its target rather than in tmp/, which others sweep.
    TemporaryDirectory fresh(layout.launchers(), ".tmp");
    const Installation parts = inside(fresh.path());
    copy_file(installation.launcher, parts.launcher, kMode);
    copy_file(installation.embed, parts.embed, kMode);
    copy_file(installation.manager, parts.manager, kMode);
    sync_file_system(fresh.path());  // nothing would notice that they are damaged
    write_new_file(concat(fresh.path(), "/", kMark), {}, 0444);
    if (fresh.publish(directory)) {
      return copy;
    }
  }
  refresh(installation, copy, concat(directory, "/", kMark));
  return copy;
}

}  // namespace pel
