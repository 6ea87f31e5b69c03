#include "store/venv/venv_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/file_system.hpp"
#include "store/records/own_places.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/remove_tree.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {
namespace {

constexpr std::string_view kConfiguration = "pyvenv.cfg";
constexpr const char* kAction = "make an environment in";
constexpr const char* kWritable = "give a directory in which you may write";

// Before anything is fetched, or a root is written that would stay: whether this user may write to
// `directory`, or where it is missing, make it. Root may do everything, and yet no file system but
// an ordinary one can: so the first missing directory is made, for a moment.
void require_writable(const std::string& directory) {
  std::string place = directory;
  std::string missing;
  while (place != "/" && ::access(place.c_str(), F_OK) != 0 && errno == ENOENT) {
    missing = std::exchange(place, directory_of(place));
  }
  struct stat status{};
  if (!missing.empty() && ::access(place.c_str(), W_OK | X_OK) == 0 &&
      ::lstat(missing.c_str(), &status) != 0) {
    if (::mkdir(missing.c_str(), 0777) == 0) {
      ::rmdir(missing.c_str());
    } else if (errno == ENOENT) {  // what /proc says
      throw Error(ErrorCode::io, concat("cannot make an environment in ", directory,
                                        ": no directory can be made in ", place))
          .with_hint(kWritable);
    } else if (errno != EEXIST) {
      throw_errno(kAction, directory, kWritable);
    }
  }
  if (::access(place.c_str(), W_OK | X_OK) != 0) {
    throw_errno(kAction, directory, kWritable);
  }
}

// Who says `clear` means an old environment, and none of these.
void refuse_to_delete(const ThinVenvRequest& request) {
  const std::string place = real_path(request.directory);
  const StoreLocations& locations = request.environment.locations;
  for (const auto& [what, path] : {std::pair("the lock", request.environment.lock_path),
                                   std::pair("the store", StoreLayout(locations.home).root()),
                                   std::pair("the cache", CacheLayout(locations.cache).root())}) {
    if (is_within(real_path(path), place)) {
      throw Error(ErrorCode::usage,
                  concat("cannot clear ", request.directory, ": it holds ", what, " ", path))
          .with_hint("give another directory, or leave --clear out");
    }
  }
}

// An exported directory has a store of its own, which its pyvenv.cfg names by a relative path.
bool is_exported(const std::string& directory) {
  const std::string store = configured_store(directory);
  return !store.empty() && !store.starts_with('/');
}

}  // namespace

VenvPlace look_at_venv(const std::string& directory) {
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return VenvPlace::nothing;
    }
    throw_errno(kAction, directory);
  }
  if (!S_ISDIR(status.st_mode)) {
    return VenvPlace::no_directory;
  }
  if (const auto text = read_file_if_any(concat(directory, "/", kConfiguration))) {
    const bool names_us = text->find("\npyenvlaunch = ") != std::string::npos;
    // A damaged one names nobody.
    const bool is_damaged = text->find("home = ") == std::string::npos;
    return names_us || (is_damaged && read_recipe(directory)) ? VenvPlace::ours
                                                              : VenvPlace::foreign_venv;
  }
  return read_directory(directory).empty() ? VenvPlace::nothing : VenvPlace::other_directory;
}

void check_venv_directory(const ThinVenvRequest& request) {
  const std::string& directory = request.directory;
  const StoreLocations& locations = request.environment.locations;
  refuse_own_place(kAction, directory, locations.home, locations.cache);
  switch (look_at_venv(directory)) {
    case VenvPlace::nothing:
      require_writable(directory);
      return;
    case VenvPlace::ours:
      if (!request.clear && is_exported(directory)) {
        throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory,
                                             ": `pyenvlaunch export` has made it"))
            .with_hint("give another directory, or --clear to replace it");
      }
      break;
    case VenvPlace::foreign_venv:
      if (!request.clear) {
        throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory,
                                             ": it is a virtual environment of another tool"))
            .with_hint("give another directory, or --clear to replace it");
      }
      break;
    case VenvPlace::other_directory:
      if (request.allow_existing) {
        return;
      }
      throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory,
                                           ": it is there, and no virtual environment"))
          .with_hint(
              "give another directory, or remove it, or --allow-existing to keep what is there");
    case VenvPlace::no_directory:
      throw Error(ErrorCode::usage,
                  concat("cannot make an environment in ", directory, ": it is no directory"))
          .with_hint("the directory comes first, then the lock: pyenvlaunch venv DIR LOCK");
  }
  if (request.clear) {
    refuse_to_delete(request);
    require_writable(directory);
  }
}

void clear_venv_directory(const ThinVenvRequest& request) {
  check_venv_directory(request);
  const VenvPlace place = look_at_venv(request.directory);
  if (place != VenvPlace::ours && place != VenvPlace::foreign_venv) {
    return;
  }
  const std::string directory = real_path(request.directory);
  for (const DirectoryEntry& entry : read_directory(directory)) {
    const std::string path = concat(directory, "/", entry.name);
    if (entry.is_directory) {
      remove_tree(path);
    } else if (entry.name != kConfiguration) {
      remove_file(path);
    }
  }
  // Without it nobody knows what the rest was, so a loss of power must not bring that back alone.
  try_to_sync_directory(directory);
  remove_file(concat(directory, "/", kConfiguration));
  ::rmdir(request.directory.c_str());  // so that a whole one can be put there at once
}

UniqueFd lock_venv_directory(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && lock_patiently(fd.get(), LOCK_EX, {}) == EWOULDBLOCK) {
    throw Error(ErrorCode::busy, concat("cannot change ", directory, ": ", lock_holders(fd.get()),
                                        " has been changing it for a minute"))
        .with_hint("end that process, or wait for it");
  }
  return fd;
}

}  // namespace pel
