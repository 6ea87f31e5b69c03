#include "store/shims/shim_links.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/shims/shim_record.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

std::string target_of(const std::string& prefix, std::string_view name) {
  return concat(prefix, "/bin/", name);
}

}  // namespace

ShimPlace look_at_shim(const std::string& directory, std::string_view name,
                       const std::string& prefix) {
  const std::string path = concat(directory, "/", name);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {  // nothing can be there below a file
      return ShimPlace::free;
    }
    throw_errno("look at", path);
  }
  if (S_ISDIR(status.st_mode)) {
    return ShimPlace::directory;
  }
  const auto target = read_symlink(path);
  if (!target) {
    return ShimPlace::foreign;
  }
  if (*target == target_of(prefix, name)) {
    return ShimPlace::ours;
  }
  const std::string home = directory_of(prefix);
  if (!target->starts_with(concat(home, "/"))) {
    return ShimPlace::foreign;
  }
  const std::string own = target->substr(0, target->find('/', home.size() + 1));
  const bool installed = ::access(concat(own, "/", kShimRecordFile).c_str(), F_OK) == 0;
  return installed ? ShimPlace::other : ShimPlace::free;
}

ShimLinks::ShimLinks(std::string directory, std::string prefix)
    : directory_(std::move(directory)), prefix_(std::move(prefix)) {
  sweep();
}

// Links that an interruption has left before they had their names.
void ShimLinks::sweep() const {
  const std::string home = concat(directory_of(prefix_), "/");
  try {
    for (const DirectoryEntry& entry : read_directory(directory_)) {
      const std::string path = concat(directory_, "/", entry.name);
      if (is_replacement_name(entry.name) && read_symlink(path).value_or("").starts_with(home)) {
        remove_file(path);
      }
    }
  } catch (const Error&) {  // what cannot be read or written now is said when links are made
    return;
  }
}

bool ShimLinks::make(const std::string& name, bool force) {
  const std::string path = concat(directory_, "/", name);
  const std::string target = target_of(prefix_, name);
  if (::symlink(target.c_str(), path.c_str()) != 0) {
    if (errno != EEXIST) {
      throw_no_symlink(path);
    }
    // Something may have come there since it was looked at.
    const ShimPlace place = look_at_shim(directory_, name, prefix_);
    if (place == ShimPlace::directory || (!force && place != ShimPlace::free)) {
      return false;
    }
    replace(target, path);
  }
  made_.push_back(name);
  return true;
}

void ShimLinks::replace(const std::string& target, const std::string& path) const {
  const std::string temporary = concat(directory_, "/", new_replacement_name());
  if (::symlink(target.c_str(), temporary.c_str()) != 0) {
    throw_no_symlink(path);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    errno = error;
    throw_errno("create symbolic link", path);
  }
}

ShimLinks::~ShimLinks() {
  for (const std::string& name : made_) {
    ::unlink(concat(directory_, "/", name).c_str());
  }
}

bool remove_shim(const std::string& directory, const std::string& name, const std::string& prefix) {
  if (look_at_shim(directory, name, prefix) != ShimPlace::ours) {
    return false;
  }
  remove_file(concat(directory, "/", name));
  return true;
}

}  // namespace pel
