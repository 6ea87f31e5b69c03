#include "store/interpreter/pack_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// Garbage collection may take a directory that nothing has needed until now.
constexpr int kAttempts = 16;

void make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) {
    static_cast<void>(::chmod(path.c_str(), 0755));  // whatever the umask says, as all of the store
  } else if (errno != EEXIST) {
    throw_errno("create directory", path);
  }
}

// Whether the path leads to another directory than the one that is open, or to none.
bool has_gone(const std::string& path, const UniqueFd& directory) {
  struct stat now{};
  struct stat before{};
  return directory && ::fstat(directory.get(), &before) == 0 &&
         (::stat(path.c_str(), &now) != 0
              ? errno == ENOENT
              : now.st_ino != before.st_ino || now.st_dev != before.st_dev);
}

}  // namespace

void write_pack_file(const StoreLayout& layout, std::string_view id, std::string_view file_name,
                     const std::string& bytes) {
  const std::string directory = layout.bytecode(id);
  make_directory(layout.bytecode());
  for (int attempt = 1;; ++attempt) {
    make_directory(directory);
    const UniqueFd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const bool is_there = static_cast<bool>(opened) || errno != ENOENT;
    try {
      AtomicFile file(concat(directory, "/", file_name), {.mode = 0444});
      file.write(std::string_view(bytes));
      file.commit();
      return;
    } catch (const Error&) {
      if (attempt == kAttempts || (is_there && !has_gone(directory, opened))) {
        throw;
      }
    }
  }
}

}  // namespace pel
