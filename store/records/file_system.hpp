#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "store/base/fd.hpp"
#include "store/tree/link_or_copy.hpp"

// What the environment area needs of the file system beyond AtomicFile. Everything throws Error
// with the path in its message.
namespace pel {

// The whole file, or nothing if there is none. Throws for what is no regular file,
// and for what is larger than memory.
[[nodiscard]] std::optional<std::string> read_file_if_any(const std::string& path);

// A new file with this content and exactly this mode; there must be none.
void write_new_file(const std::string& path, std::string_view content, mode_t mode);

// Removes a file or a symlink. Succeeds when there is none.
void remove_file(const std::string& path);

// A fresh directory that is removed with all its content, unless it was renamed away. It is locked
// with flock while the object lives, so that those that dead processes have left can be told.
class TemporaryDirectory {
 public:
  // `parent` must exist; the name starts with `stem`.
  TemporaryDirectory(const std::string& parent, std::string_view stem);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Moves it to `target`. False, and it stays, when something is there already.
  [[nodiscard]] bool publish(const std::string& target);

 private:
  std::string path_;  // empty once published
  UniqueFd fd_;
};

// Deletes the temporary directories below `parent` whose names begin with `stem` and whose makers
// are dead. Silent about what it cannot delete. The number of those that it has deleted.
std::size_t sweep_temporary_directories(const std::string& parent, std::string_view stem);

// The same for the temporary files of AtomicFile, which locks them while it writes: those that
// would have become the file `target` of the directory, or any file when that is empty.
std::size_t sweep_temporary_files(const std::string& directory, std::string_view target = {});

}  // namespace pel
