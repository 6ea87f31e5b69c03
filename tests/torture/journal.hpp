#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

#include "tests/torture/calls.hpp"

namespace torture {

// What of the changes to a file system a loss of power could take back: the content of files that
// was written since their last fsync(2), fdatasync(2) or syncfs(2), and the changes of directories
// since they, or the whole file system, were last synced. All files are taken to be on one file
// system.
//
// As a file of lines with tabs between the words; changes in their order:
//   data INODE             content was written
//   create PATH            a file, a link or a symbolic link appeared
//   mkdir PATH
//   rmdir PATH
//   unlink PATH SAVED      SAVED is another name for what was removed
//   rename FROM TO SAVED   SAVED is empty, or another name for the file that was replaced
//   exchange FROM TO
//   chmod PATH MODE        the mode it had, in octal
class Journal {
 public:
  // `save` is a directory for second names of what is removed.
  explicit Journal(std::string save) : save_(std::move(save)) {}

  // Before the call is made. A call that looks as if it will fail is no change.
  void note(const Call& call);

  [[nodiscard]] bool write(const std::string& file) const;

 private:
  struct Change {
    const char* kind;
    std::string path;
    std::string source;
    std::string saved;
  };

  void note_content(const std::string& path, bool is_synced);
  void note_removal(const std::string& path, bool is_directory);
  void note_rename(const Call& call, const std::string& path);
  void note_mode(const std::string& path);
  void note_new(const char* kind, const std::string& path);
  [[nodiscard]] std::string keep(const std::string& path);

  std::string save_;
  unsigned saved_ = 0;
  std::set<ino_t> written_;
  std::vector<Change> changes_;
};

}  // namespace torture
