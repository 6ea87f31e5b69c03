#include "tests/torture/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string_view>

namespace torture {
namespace {

bool exists(const std::string& path, struct stat& status) {
  return ::lstat(path.c_str(), &status) == 0;
}

std::string_view parent_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

void Journal::note(const Call& call) {
  const std::string path = call.path();
  switch (call.kind->number) {
    case SYS_open:
    case SYS_openat:
    case SYS_creat:
      if (call.kind->flags == kNone || (call.argument(call.kind->flags) & O_CREAT) != 0) {
        note_new("create", path);
      }
      if (call.kind->flags == kNone || (call.argument(call.kind->flags) & O_TRUNC) != 0) {
        note_content(path, false);
      }
      return;
    case SYS_fsync:
    case SYS_fdatasync:
      return note_content(path, true);
    case SYS_syncfs:
      written_.clear();
      changes_.clear();
      return;
    case SYS_mkdir:
    case SYS_mkdirat:
      return note_new("mkdir", path);
    case SYS_link:
    case SYS_linkat:
    case SYS_symlink:
    case SYS_symlinkat:
      return note_new("create", path);
    case SYS_rmdir:
      return note_removal(path, true);
    case SYS_unlink:
      return note_removal(path, false);
    case SYS_unlinkat:
      return note_removal(path, (call.argument(2) & AT_REMOVEDIR) != 0);
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
      return note_rename(call, path);
    case SYS_chmod:
    case SYS_fchmod:
    case SYS_fchmodat:
      return note_mode(path);
    default:  // times are not lost here; all else that has a descriptor writes
      if (call.kind->descriptor != kNone) {
        note_content(path, false);
      }
  }
}

void Journal::note_content(const std::string& path, bool is_synced) {
  struct stat status{};
  if (!exists(path, status)) {
    return;
  }
  if (!is_synced) {
    written_.insert(status.st_ino);
  } else if (S_ISDIR(status.st_mode)) {
    std::erase_if(changes_, [&](const Change& change) {
      return parent_of(change.path) == path || parent_of(change.source) == path;
    });
  } else {
    written_.erase(status.st_ino);
  }
  if (is_synced) {
    std::erase_if(changes_, [&](const Change& change) {
      return change.path == path && change.kind == std::string_view("chmod");
    });
  }
}

void Journal::note_mode(const std::string& path) {
  struct stat status{};
  char mode[16];
  if (exists(path, status) && std::snprintf(mode, sizeof mode, "%o", status.st_mode & 07777U) > 0) {
    changes_.push_back({"chmod", path, {}, mode});
  }
}

void Journal::note_new(const char* kind, const std::string& path) {
  struct stat status{};
  if (!exists(path, status)) {
    changes_.push_back({kind, path, {}, {}});
  }
}

void Journal::note_removal(const std::string& path, bool is_directory) {
  struct stat status{};
  if (!exists(path, status) || S_ISDIR(status.st_mode) != is_directory) {
    return;
  }
  if (is_directory) {
    changes_.push_back({"rmdir", path, {}, {}});
  } else {
    changes_.push_back({"unlink", path, {}, keep(path)});
  }
}

void Journal::note_rename(const Call& call, const std::string& path) {
  const std::string source = call.source();
  struct stat from{};
  struct stat to{};
  if (!exists(source, from)) {
    return;
  }
  const bool is_there = exists(path, to);
  const unsigned long long flags = call.kind->number == SYS_renameat2 ? call.argument(4) : 0;
  if (is_there && (flags & RENAME_EXCHANGE) != 0) {
    changes_.push_back({"exchange", path, source, {}});
  } else if (!is_there || (flags == 0 && !S_ISDIR(to.st_mode))) {
    changes_.push_back({"rename", path, source, is_there ? keep(path) : std::string()});
  }
}

std::string Journal::keep(const std::string& path) {
  std::string name = save_ + "/" + std::to_string(saved_++);
  return ::linkat(AT_FDCWD, path.c_str(), AT_FDCWD, name.c_str(), 0) == 0 ? name : std::string();
}

bool Journal::write(const std::string& file) const {
  std::ofstream out(file);
  for (const ino_t inode : written_) {
    out << "data\t" << inode << '\n';
  }
  for (const Change& change : changes_) {
    out << change.kind;
    for (const std::string* const word : {&change.source, &change.path, &change.saved}) {
      if (word != &change.source || !word->empty()) {
        out << '\t' << *word;
      }
    }
    out << '\n';
  }
  out.close();
  return out.good();
}

}  // namespace torture
