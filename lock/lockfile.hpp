#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lock/marker.hpp"
#include "lock/specifier.hpp"
#include "lock/version.hpp"
#include "store/base/sha256.hpp"

namespace pel {

// A file that a lock names: a wheel, a source distribution or an archive.
struct LockedArtifact {
  std::string file_name;  // key `name`, else the last part of `path`, else of `url`, decoded
  std::string url;        // as written, or empty; may hold credentials: not for messages
  std::string path;       // absolute, resolved against the lock's folder; or empty; before `url`
  std::optional<std::uint64_t> size;
  std::optional<Sha256> sha256;  // always set in what parse_lock() returns
  std::size_t line = 0;          // of the lock, for messages
};

struct LockedArchive {
  LockedArtifact file;
  std::string subdirectory;  // relative, or empty
};

struct LockedDirectory {
  std::string path;  // absolute
  bool editable = false;
  std::string subdirectory;
};

struct LockedVcs {
  std::string type;                // "git"
  std::string url;                 // as written; may hold credentials
  std::string path;                // absolute
  std::string requested_revision;  // or empty
  std::string commit_id;
  std::string subdirectory;
};

// An entry of [[packages]]. Its sources are checked: wheels and sdist, or one of the others.
struct LockedPackage {
  std::string name;  // as written
  std::string normalized_name;
  std::optional<Version> version;
  std::optional<Marker> marker;
  std::optional<SpecifierSet> requires_python;
  std::vector<LockedArtifact> wheels;
  std::optional<LockedArtifact> sdist;
  std::optional<LockedArchive> archive;
  std::optional<LockedDirectory> directory;
  std::optional<LockedVcs> vcs;
  std::size_t line = 0;
};

// An entry point of [tool.pyenvlaunch.scripts]: name = "module:object".
struct EntryPointSpec {
  std::string name;
  std::string value;
};

// The content of a PEP 751 lock, checked and with all paths resolved.
struct Lock {
  std::string path;       // absolute
  std::string directory;  // the folder that relative paths start from
  std::optional<SpecifierSet> requires_python;
  std::vector<Marker> environments;  // one must hold, if there are any
  std::vector<std::string> extras;   // normalised, as are the groups
  std::vector<std::string> dependency_groups;
  std::vector<std::string> default_groups;
  std::vector<LockedPackage> packages;
  std::vector<std::string> warnings;  // for people: a minor version that is not known here

  // [tool.pyenvlaunch]
  std::string python;  // an interpreter specification, as for --python
  std::vector<EntryPointSpec> scripts;
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::string> source_paths;  // absolute
};

// Reads the text of the lock at the absolute path `path`; no file is touched.
//
// Throws Error(corrupt) when the text is no TOML or no lock, Error(incompatible) when it is one
// that this release cannot honour (another major lock-version, no sha256). Messages begin with
// "cannot read lock <path>: line <n>: " and name the package and the key.
[[nodiscard]] Lock parse_lock(std::string_view text, std::string path);

}  // namespace pel
