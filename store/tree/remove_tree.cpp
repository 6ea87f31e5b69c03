#include "store/tree/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/random_text.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr unsigned kDeepest = 64;  // each level has a descriptor open

// Goes from directory to directory by descriptors: whoever may write to the tree meanwhile cannot
// lead it elsewhere by a link in a directory's place.
class Remover {
 public:
  explicit Remover(const std::string& path) : path_(path) {}

  void run() {
    const UniqueFd root = open(AT_FDCWD, path_.c_str(), path_);
    if (!root) {
      return;
    }
    root_ = root.get();
    do {
      moved_ = false;
      empty(root_, path_, 0);
    } while (moved_);
    if (::rmdir(path_.c_str()) != 0 && errno != ENOENT) {
      throw_errno("delete", path_);
    }
  }

 private:
  // Nothing if it is gone.
  static UniqueFd open(int parent, const char* name, const std::string& path) {
    UniqueFd fd(::openat(parent, name, kFlags));
    if (!fd && errno == EACCES) {
      if (!change_mode(parent, name, 0700)) {
        throw_errno("set the mode of", path);
      }
      fd = UniqueFd(::openat(parent, name, kFlags));
    }
    if (!fd && errno != ENOENT) {
      throw_errno("open directory", path);
    }
    return fd;
  }

  static std::vector<DirectoryEntry> entries_of(int directory, const std::string& path) {
    UniqueFd fd(::openat(directory, ".", kFlags));
    if (!fd) {
      throw_errno("open directory", path);
    }
    return read_directory(std::move(fd), path);
  }

  void empty(int directory, const std::string& path, unsigned depth) {
    if (::fchmod(directory, 0700) != 0) {
      throw_errno("set the mode of", path);
    }
    for (const DirectoryEntry& entry : entries_of(directory, path)) {
      const std::string child = concat(path, "/", entry.name);
      if (entry.is_directory && depth == kDeepest) {
        raise(directory, entry.name, child);
        continue;
      }
      if (entry.is_directory) {
        const UniqueFd fd = open(directory, entry.name.c_str(), child);
        if (fd) {
          empty(fd.get(), child, depth + 1);
        }
      }
      if (::unlinkat(directory, entry.name.c_str(), entry.is_directory ? AT_REMOVEDIR : 0) != 0 &&
          errno != ENOENT) {
        throw_errno("delete", child);
      }
    }
  }

  // What is too deep becomes an entry of the top directory, and is met there once more.
  void raise(int parent, const std::string& name, const std::string& path) {
    if (!change_mode(parent, name.c_str(), 0700) ||
        ::renameat(parent, name.c_str(), root_, random_text().c_str()) != 0) {
      throw_errno("delete", path);
    }
    moved_ = true;
  }

  const std::string& path_;
  int root_ = -1;
  bool moved_ = false;
};

}  // namespace

void remove_tree(const std::string& path) {
  Remover(path).run();
}

}  // namespace pel
