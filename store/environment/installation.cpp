#include "store/environment/installation.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/self_path.hpp"
#include "store/base/text.hpp"
#include "store/environment/file_system.hpp"
#include "store/tree/make_directory.hpp"

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

void refresh(const std::string& source, const std::string& copy) {
  if (is_copy(source, copy)) {
    return;
  }
  const TemporaryDirectory fresh(directory_of(copy), ".tmp");
  const std::string file = concat(fresh.path(), "/", name_of(copy));
  copy_file(source, file, kMode);
  sync_file_system(fresh.path());
  if (std::rename(file.c_str(), copy.c_str()) != 0) {
    throw_errno("replace", copy);
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
