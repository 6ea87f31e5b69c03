#include "store/environment/installation.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/self_path.hpp"
#include "store/base/text.hpp"
#include "store/environment/file_system.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/store_owners.hpp"

namespace pel {
namespace {

constexpr std::string_view kLauncher = "pyenvlaunch";
constexpr std::string_view kEmbed = "embed.so";
constexpr std::string_view kManager = "pyenvlaunch-manager";
constexpr mode_t kMode = 0555;

bool is_file(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

[[noreturn]] void throw_missing(const std::string& path) {
  throw Error(ErrorCode::not_found, concat("cannot find ", path, ", a part of this program"))
      .with_hint("install pyenvlaunch again");
}

// Whether `copy` is what copying `source` would give. Equal times spare reading the files, so a
// copy of the same content is given the time of its source.
bool is_copy(const std::string& source, const std::string& copy) {
  struct stat from{};
  struct stat to{};
  if (::stat(source.c_str(), &from) != 0 || ::stat(copy.c_str(), &to) != 0 ||
      from.st_size != to.st_size || (to.st_mode & 07777U) != kMode) {
    return false;
  }
  if (from.st_mtim.tv_sec == to.st_mtim.tv_sec && from.st_mtim.tv_nsec == to.st_mtim.tv_nsec) {
    return true;
  }
  if (read_file_if_any(source) != read_file_if_any(copy)) {
    return false;
  }
  const timespec times[2] = {from.st_atim, from.st_mtim};
  // If that fails, the next run reads the files again.
  static_cast<void>(::utimensat(AT_FDCWD, copy.c_str(), times, 0));
  return true;
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

void refresh(const std::string& source, const std::string& copy) {
  if (!is_copy(source, copy)) {
    replace(source, copy);
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
    const Installation copy = inside(concat(layout.launchers(), "/", entry.name));
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
    for (const auto& [path, source] : parts_of(copy, installation)) {
      if (path == finding.path && path != source && finding.kind != FindingKind::mode) {
        replace(source, path);
        mended.push_back(concat(path, ": copied again"));
      }
    }
    if (finding.kind == FindingKind::mode && ::chmod(finding.path.c_str(), kMode) == 0) {
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
  if (::stat(directory.c_str(), &status) != 0) {
    // Beside its target rather than in tmp/, which others sweep.
    TemporaryDirectory fresh(layout.launchers(), ".tmp");
    const Installation parts = inside(fresh.path());
    copy_file(installation.launcher, parts.launcher, kMode);
    copy_file(installation.embed, parts.embed, kMode);
    copy_file(installation.manager, parts.manager, kMode);
    sync_file_system(fresh.path());  // nothing would notice that they are damaged
    if (fresh.publish(directory)) {
      return copy;
    }
  }
  refresh(installation.launcher, copy.launcher);
  refresh(installation.embed, copy.embed);
  refresh(installation.manager, copy.manager);
  return copy;
}

}  // namespace pel
