#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/base/fd.hpp"

namespace pel {

// Writes files below one directory that nobody else can write to, with few system calls. Paths are
// relative, and all errors name the absolute path. Not thread-safe.
class TreeWriter {
 public:
  // Throws if `root` cannot be opened.
  explicit TreeWriter(std::string root);

  // The parent must be there already, the directory must not.
  void make_directory(std::string_view path);

  // Starts a file, which must not exist yet. One file at a time.
  void create(std::string_view path);
  void write(std::span<const std::byte> bytes);

  // The file under way; stays the writer's. Readable too.
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

  // Ends the file: mode, modification time (seconds since 1970; now if absent), checked close.
  void finish(mode_t mode, std::optional<std::int64_t> mtime);

  void set_mode(std::string_view directory, mode_t mode);

 private:
  [[noreturn]] void fail(int error, const char* action, std::string_view path) const;

  std::string root_;
  UniqueFd root_fd_;
  std::string directory_;  // of the last file
  UniqueFd directory_fd_;
  std::string file_path_;
  UniqueFd file_;
};

}  // namespace pel
