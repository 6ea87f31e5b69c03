#pragma once

#include <cstdint>
#include <string>

namespace pel {

// What the file system of a directory can do, found out by trying.
struct FileSystemFeatures {
  std::string type;               // "ext4", "tmpfs"; the number when it has no known name
  std::uint64_t free_bytes = 0;   // for this user
  std::uint64_t free_inodes = 0;  // for this user; 0 with free_bytes where they are not counted
  bool counts_inodes = true;
  bool read_only = false;
  bool no_exec = false;  // programs cannot be run from it
  bool tried = false;    // whether what follows was found out: there was room for files
  bool hard_links = false;
  bool reflinks = false;
  bool modes = false;  // a file that only its owner may read stays so
  bool symlinks = false;
  bool leases = false;  // fcntl(F_SETLEASE): whether a file is in use can be asked
};

// Makes two small files in `directory`, which must exist, and removes them. Throws Error(io) when
// the directory cannot be looked at.
[[nodiscard]] FileSystemFeatures file_system_features(const std::string& directory);

}  // namespace pel
