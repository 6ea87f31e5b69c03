#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pel {

// Tells a file from another, or from what it was: the same four numbers mean the same content for
// a file that nobody changes in place. Part of formats on disk: no padding.
struct FileIdentity {
  std::uint64_t size = 0;
  std::uint64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Follows symlinks. Nothing if there is no such file, or it can't be reached. One system call.
[[nodiscard]] std::optional<FileIdentity> identify(const char* path) noexcept;

// Whether both paths lead to one file or directory, by whichever names. False if one leads nowhere.
[[nodiscard]] bool is_same_file(const std::string& path, const std::string& other) noexcept;

}  // namespace pel
