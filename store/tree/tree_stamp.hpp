#pragma once

#include <sys/stat.h>

#include <chrono>
#include <string>

namespace pel {

// When the files of a stored tree were last known to be those of its INDEX: the modification time
// of that file, which is the last one that an add writes. A file that was written to since has a
// later change time (st_ctime), for no program can set that one, whatever else it restores. So has
// a file that got another link, mode or owner: a later time is a reason to read the file.
//
// A stamp that lies in the future is of a clock that was set back since. What happens to a file now
// has an earlier time, so such a stamp says nothing.
//
// Immutable, so that threads may share it.
class TreeStamp {
 public:
  // Of the tree at this path. One that is not there, and one of another user, which this user could
  // not renew(), covers every file; any other with a stamp of the future covers none.
  explicit TreeStamp(const std::string& root);

  // Whether nothing has happened to the file since.
  [[nodiscard]] bool covers(const struct stat& file) const noexcept;

  // Of INDEX; root where there is none.
  [[nodiscard]] uid_t owner() const noexcept { return owner_; }

  // Says that all files of the tree are those of its INDEX at this moment: it was this process that
  // has made links to them. Where this may not be said (a read-only file system), nothing happens,
  // and they are read the next time.
  static void renew(const std::string& root) noexcept;

  // Says that all were so when reading them began, at `begun`. What was written to one that had
  // been read already has a later time. A stamp is set back only from the future.
  static void renew_from(const std::string& root,
                         std::chrono::steady_clock::time_point begun) noexcept;

  // The same for the file that has the stamp.
  static void renew_file_from(const std::string& file,
                              std::chrono::steady_clock::time_point begun) noexcept;

  // Whether the clock was set back since `time`. The clock of a file server that is ahead of this
  // machine's makes it so for a moment only.
  [[nodiscard]] static bool is_in_future(const timespec& time) noexcept;

  [[nodiscard]] static bool is_later(const timespec& a, const timespec& b) noexcept;

 private:
  bool covers_all_ = true;
  bool covers_none_ = false;
  uid_t owner_ = 0;
  timespec time_{};
};

}  // namespace pel
