#include "store/tree/lost_roots.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

// Hidden, as everything there that is no root.
std::string mark_of(const StoreLayout& layout) {
  return concat(layout.roots(), "/.lost");
}

bool has_wheels(const StoreLayout& layout) {
  return !read_directory(layout.wheels()).empty();
}

}  // namespace

void make_roots(const StoreLayout& layout) {
  struct stat status{};
  if (::stat(layout.roots().c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return;
  }
  // Asked before: who adds the first wheel has made the directory by then.
  const bool is_lost = has_wheels(layout);
  if (!make_directory(layout.roots(), 0700) || !is_lost) {
    return;
  }
  const std::string mark = mark_of(layout);
  if (!UniqueFd(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600))) {
    const int error = errno;
    ::rmdir(layout.roots().c_str());
    errno = error;
    throw_errno("create", mark);
  }
}

std::optional<Finding> find_lost_roots(const StoreLayout& layout) {
  const bool is_marked = ::access(mark_of(layout).c_str(), F_OK) == 0;
  const bool is_missing = ::access(layout.roots().c_str(), F_OK) != 0 && errno == ENOENT;
  if (!is_marked && (!is_missing || !has_wheels(layout))) {
    return std::nullopt;
  }
  const std::string path = layout.roots();
  return Finding{"", FindingKind::missing, path,
                 concat(path, ": it was deleted, so who needs what in the store is not known")};
}

std::string advice_on_lost_roots(const StoreLayout& layout) {
  return concat(
      "make known again what must stay (`pyenvlaunch sync LOCK`, `venv DIR LOCK` for each "
      "directory, `store pin`, `shims upgrade`), then delete ",
      mark_of(layout));
}

}  // namespace pel
