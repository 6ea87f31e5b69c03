#include "store/tree/displaced.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/random_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

std::string_view noun_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a file";
    case S_IFDIR:
      return "a directory";
    case S_IFLNK:
      return "a link that leads to no directory";
    case S_IFIFO:
      return "a pipe";
    case S_IFSOCK:
      return "a socket";
    default:
      return "a device";
  }
}

void look_at(const std::string& path, mode_t wanted, std::vector<Finding>& findings) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == wanted) {
    return;
  }
  if (::lstat(path.c_str(), &status) == 0) {
    findings.push_back({"", FindingKind::extra, path,
                        concat(path, ": it is ", noun_of(status.st_mode), ", not ",
                               wanted == S_IFDIR ? "the directory that the store needs there"
                                                 : "the file that the store needs there")});
  }
}

}  // namespace

std::vector<Finding> displaced_places(const StoreLayout& layout) {
  std::vector<Finding> findings;
  for (const std::string& directory :
       {layout.wheels(), layout.bytecode(), layout.composites(), layout.built(), layout.launchers(),
        layout.tables(), layout.roots(), layout.locks(), layout.tmp()}) {
    look_at(directory, S_IFDIR, findings);
  }
  look_at(layout.generation(), S_IFREG, findings);
  return findings;
}

bool may_be_made_anew(const StoreLayout& layout, const Finding& displaced) {
  return displaced.path != layout.roots();
}

std::string advice_on(const StoreLayout& layout, const Finding& displaced) {
  if (may_be_made_anew(layout, displaced)) {
    return "`pyenvlaunch store repair` moves it aside";
  }
  return concat(
      "put the directory back if you can; else move the other thing away, and before the "
      "next `store gc` make all that it has to keep known again: `pyenvlaunch venv DIR "
      "LOCK` for each such directory, `sync` for locks, `store pin`, `shims upgrade`");
}

void require_own_places(const StoreLayout& layout) {
  for (const Finding& displaced : displaced_places(layout)) {
    throw Error(ErrorCode::corrupt, concat("cannot use the store: ", displaced.message))
        .with_hint(advice_on(layout, displaced));
  }
}

std::string move_aside(const Finding& displaced) {
  std::string aside = concat(displaced.path, ".aside-", random_text());
  if (std::rename(displaced.path.c_str(), aside.c_str()) != 0) {
    throw_errno("move aside", displaced.path);
  }
  return aside;
}

}  // namespace pel
