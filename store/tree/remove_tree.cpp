#include "store/tree/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

class Remover {
 public:
  Remover(const std::string& path, int root) : path_(path), root_(root) {}

  // `directory` is relative to the root, and "." for the root. Its own name stays.
  void empty(const std::string& directory) {
    if (::fchmodat(root_, directory.c_str(), 0700, 0) != 0) {
      fail("set the mode of", directory);
    }
    // One descriptor at a time, however deep the tree is.
    std::vector<DirectoryEntry> entries;
    {
      UniqueFd fd(
          ::openat(root_, directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!fd) {
        fail("open directory", directory);
      }
      entries = read_directory(std::move(fd), concat(path_, "/", directory));
    }
    for (const DirectoryEntry& entry : entries) {
      const std::string child = directory == "." ? entry.name : concat(directory, "/", entry.name);
      if (entry.is_directory) {
        empty(child);
      }
      if (::unlinkat(root_, child.c_str(), entry.is_directory ? AT_REMOVEDIR : 0) != 0 &&
          errno != ENOENT) {
        fail("delete", child);
      }
    }
  }

 private:
  [[noreturn]] void fail(const char* action, std::string_view path) const {
    const int error = errno;
    const std::string absolute = concat(path_, "/", path);
    errno = error;
    throw_errno(action, absolute);
  }

  const std::string& path_;
  int root_;
};

}  // namespace

void remove_tree(const std::string& path) {
  const UniqueFd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) {
    if (errno == ENOENT) {
      return;
    }
    throw_errno("open directory", path);
  }
  Remover(path, root.get()).empty(".");
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) {
    throw_errno("delete", path);
  }
}

}  // namespace pel
