#include "store/tree/temporary_tree.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {
namespace {

constexpr std::string_view kPrefix = "pel-";
constexpr mode_t kPublishedMode = 0555;
constexpr std::time_t kForeignAge = std::time_t{7} * 24 * 3600;

// Held shared while a tree is made and not yet locked, exclusively while dead ones are looked for.
std::string gate_path(const StoreLayout& layout) {
  return concat(layout.locks(), "/tmp");
}

UniqueFd open_gate(const StoreLayout& layout) {
  return open_lock_file(gate_path(layout));
}

bool try_to_lock(int fd) noexcept {
  int result = 0;
  do {
    result = ::flock(fd, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

// Whether nobody holds the lock of the directory `fd`; if so, it is ours now. Directories of
// another maker are left alone until they are old, because they may not be locked at all.
bool is_dead(int fd, std::string_view name) noexcept {
  struct stat status{};
  if (::fstat(fd, &status) != 0) {
    return false;
  }
  const bool is_foreign = !name.starts_with(kPrefix);
  if (is_foreign && std::time(nullptr) - status.st_mtime < kForeignAge) {
    return false;
  }
  return try_to_lock(fd);
}

// Nothing if it cannot be read: the store may be another user's.
std::vector<DirectoryEntry> entries_of(const std::string& directory) {
  try {
    return read_directory(directory);
  } catch (const Error&) {
    return {};
  }
}

bool is_of(std::string_view purpose, std::string_view name) {
  return name.starts_with(concat(kPrefix, purpose));
}

enum class Notes { no, only };

// Under the gate.
std::vector<LeftTree> find_dead(const StoreLayout& layout, Notes notes) {
  std::vector<LeftTree> dead;
  for (const DirectoryEntry& entry : entries_of(layout.tmp())) {
    if (!entry.is_directory || is_of(kReplacement, entry.name) != (notes == Notes::only)) {
      continue;
    }
    std::string path = concat(layout.tmp(), "/", entry.name);
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd && is_dead(fd.get(), entry.name)) {
      dead.push_back({std::move(path), std::move(fd)});
    }
  }
  return dead;
}

void remove_quietly(const std::string& path) noexcept {
  try {
    remove_tree(path);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): reclaimed by a later run
  }
}

}  // namespace

TemporaryTree::TemporaryTree(const StoreLayout& layout, std::string_view purpose,
                             const LockPatience& patience) {
  const UniqueFd gate = open_gate(layout);
  if (!gate) {
    throw_errno("open", gate_path(layout));
  }
  // Without locks (some network file systems) only the age of leftovers is known.
  if (lock_patiently(gate.get(), LOCK_SH, patience) == EWOULDBLOCK) {
    throw_lock_held(gate.get(), gate_path(layout));
  }
  std::string pattern =
      concat(layout.tmp(), "/", kPrefix, purpose, "-", std::to_string(::getpid()), "-XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw_errno("create a directory in", layout.tmp());
  }
  path_ = std::move(pattern);
  static_cast<void>(change_mode(path_, 0700));  // whatever the umask
  fd_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd_) {
    const int error = errno;
    ::rmdir(path_.c_str());
    errno = error;
    throw_errno("open directory", path_);
  }
  static_cast<void>(try_to_lock(fd_.get()));  // nobody else looks while the gate is held
}

TemporaryTree::~TemporaryTree() {
  if (!path_.empty()) {
    remove_quietly(path_);
  }
}

bool TemporaryTree::publish(const std::string& target) {
  if (::fchmod(fd_.get(), 0755) != 0) {
    throw_errno("set the mode of", path_);
  }
  if (std::rename(path_.c_str(), target.c_str()) != 0) {
    if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) {
      return false;
    }
    throw_errno("rename a directory to", target);
  }
  path_.clear();
  if (::fchmod(fd_.get(), kPublishedMode) != 0) {
    throw_errno("set the mode of", target);
  }
  return true;
}

bool reclaim_temporary_trees(const StoreLayout& layout) {
  const UniqueFd gate = open_gate(layout);
  if (!gate || !try_to_lock(gate.get())) {
    return false;
  }

  const std::vector<LeftTree> leftovers = find_dead(layout, Notes::no);
  static_cast<void>(::flock(gate.get(), LOCK_UN));
  bool has_trash = false;
  for (const LeftTree& leftover : leftovers) {
    has_trash = has_trash || is_of(kTrash, name_of(leftover.path));
    remove_quietly(leftover.path);
  }
  return has_trash;
}

std::vector<LeftTree> left_replacement_notes(const StoreLayout& layout) {
  if (std::ranges::none_of(entries_of(layout.tmp()), [](const DirectoryEntry& entry) {
        return is_of(kReplacement, entry.name);
      })) {
    return {};
  }
  const UniqueFd gate = open_gate(layout);
  if (!gate || lock_patiently(gate.get(), LOCK_EX, {}) != 0) {
    return {};
  }
  return find_dead(layout, Notes::only);
}

}  // namespace pel
