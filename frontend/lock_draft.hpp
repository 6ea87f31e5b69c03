#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// A lock that is being made: what front ends, other tools' locks and installed environments are
// turned into before lock_text() writes it. Not checked; parse_lock() does that with the text.

struct DraftFile {
  std::string name;  // of the file; written only where neither url nor path ends in it
  std::string url;
  std::string path;  // relative to the folder of the lock, or absolute
  std::optional<std::uint64_t> size;
  std::vector<std::pair<std::string, std::string>> hashes;  // {"sha256", "..."}, hexadecimal
};

struct DraftPackage {
  std::string name;  // normalised
  std::string version;
  std::string marker;           // PEP 508 with the variables of PEP 751, or empty
  std::string requires_python;  // or empty
  std::string index;            // URL, or empty
  std::optional<DraftFile> sdist;
  std::vector<DraftFile> wheels;
  std::string source_key;   // "vcs", "directory" or "archive"; empty for one with files above
  std::string source_text;  // its value, an inline table of TOML
};

struct LockDraft {
  std::string requires_python;
  std::vector<std::string> environments;
  std::vector<std::string> extras;
  std::vector<std::string> groups;
  std::vector<std::string> default_groups;
  std::vector<DraftPackage> packages;
  std::vector<std::pair<std::string, std::string>> own;  // of [tool.pyenvlaunch]: key, TOML value
};

// Which folders the relative paths of a lock start from, and are to start from.
struct LockFolders {
  std::string from;  // absolute
  std::string to;    // absolute
  // Absolute paths that a resolver gives for what was named by a relative one.
  std::vector<std::string> named_relatively{};
};

// The content of a pylock.toml. Credentials in URLs and all dates are left out; a file: URL becomes
// a path; an archive that is a wheel becomes a wheel; paths are made to start from `folders.to`
// where they were relative, or lie below it. `subject` is for messages ("lock /x/app.lock").
//
// Throws Error(corrupt) for a text that is no TOML, or whose values are of other kinds than those
// of a lock.
[[nodiscard]] LockDraft read_lock_draft(std::string_view text, std::string_view subject,
                                        const LockFolders& folders);

// The path that `path`, relative to `folders.from` or absolute, has in the new lock: relative if it
// was named so, or lies below the lock's folder. Throws
// Error(corrupt) for one that a lock, which is UTF-8, cannot hold.
[[nodiscard]] std::string moved_path(std::string_view path, const LockFolders& folders);

// The algorithm's digest among the hashes of a file, or empty.
[[nodiscard]] std::string_view hash_of(const DraftFile& file, std::string_view algorithm) noexcept;

// "name 1.0": for messages.
[[nodiscard]] std::string describe(const DraftPackage& package);

}  // namespace pel
