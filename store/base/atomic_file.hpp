#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "store/base/fd.hpp"

namespace pel {

// Replaces a file so that a reader sees the old content or all of the new, never a part.
//
//   AtomicFile table(env_dir / "finder.tbl", {.mode = 0444});
//   table.write(bytes);
//   table.commit();
//
// The data goes to a temporary file beside the target, which commit() renames over it. Without a
// commit() the destructor removes the temporary file and the target stays as it was. Only a crash
// leaves one behind; is_temporary_name() lets garbage collection find it, and that it is not locked
// with flock tells it from one that somebody writes.
//
// Two processes that replace the same target do not disturb each other: the last rename wins.
// (For files of a user's own see mode_of_new_file().)
class AtomicFile {
 public:
  enum class Durability {
    after_process_crash,  // rename only: enough for what can be rebuilt
    after_power_loss,     // fsync the file, rename, fsync the directory
  };

  struct Options {
    mode_t mode = 0644;  // set as given; the umask plays no part
    Durability durability = Durability::after_process_crash;
  };

  explicit AtomicFile(std::string target) : AtomicFile(std::move(target), Options{}) {}

  AtomicFile(std::string target, const Options& options);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> data);
  void write(std::string_view text);

  // Must be called at most once, after the last write(). If it throws before the rename, the
  // target is untouched; after it, the new content is in place but may not survive power loss.
  void commit();

  // Whether a file of this name may be one of ours, for the file `target` of its directory, or for
  // any when that is empty.
  [[nodiscard]] static bool is_temporary_name(std::string_view file_name,
                                              std::string_view target = {}) noexcept;

 private:
  std::string target_;
  std::string temporary_;  // empty once renamed
  Options options_;
  UniqueFd fd_;
};

// The mode of a file that a user asks for: 0666 without what the umask takes. The umask is another
// one for a moment: not while other threads make files.
[[nodiscard]] mode_t mode_of_new_file() noexcept;

}  // namespace pel
