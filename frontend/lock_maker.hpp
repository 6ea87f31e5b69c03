#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/lock_draft.hpp"
#include "frontend/requirements_file.hpp"

namespace pel {

// A lock file that is there already.
struct ExistingLock {
  std::string text;
  LockDraft draft;
};

// Nothing if there is no file at `path`. Throws Error(io) or Error(corrupt).
[[nodiscard]] std::optional<ExistingLock> read_existing_lock(const std::string& path);

// How a lock differs from the one before it.
struct LockChanges {
  std::vector<std::string> lines;  // "added foo 1.0", "changed foo 1.0 -> 1.1", "removed bar 2"
  bool same = false;               // nothing differs that a lock says
};

[[nodiscard]] LockChanges compare_locks(const LockDraft& before, const LockDraft& after);

// Files that `before` lists for the version that `after` has as well are kept: for front ends that
// name only the file which they would install.
void keep_known_files(LockDraft& after, const LockDraft& before);

// Of packages whose requirement has hashes in one of the requirements files, only the files with
// one of them stay. Throws Error(incompatible) for a package that has none of them.
void keep_hashed_files(LockDraft& draft, const std::vector<RequirementLine>& requirements);

// The text for the lock at the absolute path `path`, read back by the reader of locks: what cannot
// be used is never written. Throws as parse_lock() does.
[[nodiscard]] std::string checked_lock_text(const LockDraft& draft, const std::string& path);

// Replaces the file at once and durably, also behind a symbolic link; its mode stays. Throws
// Error(io).
void write_lock_file(const std::string& path, std::string_view text);

}  // namespace pel
