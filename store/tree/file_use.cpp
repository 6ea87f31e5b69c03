#include "store/tree/file_use.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

UniqueFd open_file(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

enum class Lease { given, refused, unsupported };

// A lease that is given is given back at once.
Lease try_lease(int fd) {
  // The kernel's word for "somebody wants to open it" would be SIGIO, which ends a process.
  static_cast<void>(::fcntl(fd, F_SETSIG, SIGURG));
  if (::fcntl(fd, F_SETLEASE, F_WRLCK) == 0) {
    static_cast<void>(::fcntl(fd, F_SETLEASE, F_UNLCK));
    return Lease::given;
  }
  return errno == EAGAIN ? Lease::refused : Lease::unsupported;
}

// Whether a mapping whose descriptor is closed keeps others from a lease: on file systems in
// layers the mapping may be of another file than the one that was opened.
bool leases_see_mappings(const std::string& path) {
  UniqueFd fd = open_file(path);
  void* const page = fd ? ::mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, fd.get(), 0) : MAP_FAILED;
  if (page == MAP_FAILED) {
    return false;
  }
  static_cast<void>(fd.close());
  const UniqueFd again = open_file(path);
  const bool seen = again && try_lease(again.get()) == Lease::refused;
  ::munmap(page, 1);
  return seen;
}

// True if one of the mappings that `maps` lists has this number. Its device is not looked at: some
// file systems show another one there. A file of another device that happens to have the number
// makes no harm, for keeping is the safe answer.
bool maps_it(const std::string& maps, ino_t inode) {
  std::ifstream file(maps);
  const std::string number = concat(" ", std::to_string(inode), " ");
  for (std::string line; std::getline(file, line);) {
    if (line.find(number) != std::string::npos && line.find('/') != std::string::npos) {
      return true;
    }
  }
  return false;
}

bool has_it_open(const std::string& descriptors, const struct stat& file) {
  try {
    for (const DirectoryEntry& entry : read_directory(descriptors)) {
      struct stat status{};
      if (::stat(concat(descriptors, "/", entry.name).c_str(), &status) == 0 &&
          status.st_ino == file.st_ino && status.st_dev == file.st_dev) {
        return true;
      }
    }
  } catch (const Error&) {
    return false;  // it has ended
  }
  return false;
}

bool may_be_python(const std::string& process) {
  std::ifstream file(concat(process, "/comm"));
  std::string name;
  std::getline(file, name);
  return name.starts_with("python") || name.starts_with("pyenvlaunch");
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool is_file_in_use_by_proc(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) {
    return false;
  }
  const std::string self = std::to_string(::getpid());
  if (::access(concat("/proc/", self).c_str(), F_OK) != 0) {
    return true;  // no /proc, or another's: nobody can tell
  }
  for (const DirectoryEntry& entry : read_directory("/proc")) {
    const std::string process = concat("/proc/", entry.name);
    struct stat status{};
    if (!is_number(entry.name) || entry.name == self || ::stat(process.c_str(), &status) != 0) {
      continue;
    }
    const std::string maps = concat(process, "/maps");
    if (!open_file(maps)) {
      // Others do not trust a file of this user; a process of this user may hide what it maps.
      if (errno == EACCES && status.st_uid == ::geteuid() && may_be_python(process)) {
        return true;
      }
      continue;
    }
    if (maps_it(maps, file.st_ino) || has_it_open(concat(process, "/fd"), file)) {
      return true;
    }
  }
  return false;
}

bool is_file_in_use(const std::string& path) {
  const bool leases = leases_see_mappings(path);
  const UniqueFd fd = open_file(path);
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) {
    return false;
  }
  const Lease lease = fd && leases ? try_lease(fd.get()) : Lease::unsupported;
  return lease == Lease::unsupported ? is_file_in_use_by_proc(path) : lease == Lease::refused;
}

}  // namespace pel
