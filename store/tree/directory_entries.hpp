#pragma once

#include <string>
#include <vector>

#include "store/base/fd.hpp"

namespace pel {

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

// What an open directory holds, without "." and "..", sorted by name. Links are not followed.
// `path` is for the message of the Error(io) that it throws when it cannot be read.
[[nodiscard]] std::vector<DirectoryEntry> read_directory(UniqueFd fd, const std::string& path);

// The same by path. Empty when there is no such directory.
[[nodiscard]] std::vector<DirectoryEntry> read_directory(const std::string& path);

}  // namespace pel
