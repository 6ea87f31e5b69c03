#pragma once

#include <cstdint>
#include <string_view>

#include "store/format/container.hpp"

// INDEX: all that later steps need to know of one wheel's tree, in a container
// (docs/formats.md, "INDEX"). The first sections are hot: the finder reads them inside the
// interpreter. The others are cold: verify, composites and `store show` read them.
namespace pel::index_format {

inline constexpr std::string_view kMagic = "PELINDEX";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::string_view kFileName = "INDEX";

// Where every tree holds what site-packages would: the path below the tree's root.
inline constexpr std::string_view kSitePackages = "lib/python3/site-packages";

enum Section : std::uint32_t {
  kStrings = 1,       // hot: the text that hot records refer to
  kTree = 2,          // hot: TreeRecord, exactly one
  kDirectories = 3,   // hot: DirectoryRecord; number 0 is the root of the tree
  kEntries = 4,       // hot: EntryRecord; those of one directory together, sorted by name bytewise
  kEntryPoints = 5,   // hot: EntryPointRecord, in the order of entry_points.txt
  kScripts = 6,       // hot: ScriptRecord, the files of bin/
  kStartFiles = 7,    // hot: StringRef, the *.pth at the top of site-packages, sorted
  kColdStrings = 20,  // cold: the text that cold records refer to
  kFiles = 21,        // cold: FileRecord, one per file number
  kElfFiles = 22,     // cold: ElfRecord
  kElfNeeded = 23,    // cold: StringRef, DT_NEEDED of all ElfRecords in turn
  kRecord = 24,       // cold: the wheel's own RECORD, byte for byte
  kWarnings = 25,     // cold: StringRef, what was wrong with the wheel and was let pass
};

inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;  // no directory, no file

struct TreeRecord {
  StringRef name;                       // as METADATA spells it
  StringRef normalized_name;            // PEP 503
  StringRef version;                    // as METADATA spells it
  StringRef wheel_file;                 // the file name of the wheel; empty for a composite
  StringRef dist_info;                  // name of the .dist-info directory in site-packages
  StringRef requires_python;            // METADATA's Requires-Python, or empty
  std::uint32_t site_packages = kNone;  // number of that directory, or kNone
  std::uint32_t root_is_purelib = 0;
  std::uint64_t installed_size = 0;  // bytes of all files together
  std::uint8_t sha256[32] = {};      // of the wheel
};

struct DirectoryRecord {
  StringRef name;  // last component; empty for the root
  std::uint32_t parent = kNone;
  std::uint32_t first_entry = 0;
  std::uint32_t entry_count = 0;
};

enum class EntryKind : std::uint32_t { file = 1, directory = 2 };

struct EntryRecord {
  StringRef name;
  EntryKind kind = EntryKind::file;
  std::uint32_t target = kNone;  // number of the file or of the directory
  std::uint32_t executable = 0;  // files only: mode 0555 rather than 0444
};

struct EntryPointRecord {
  StringRef group;
  StringRef name;
  StringRef value;  // as written, extras included
};

enum class ScriptKind : std::uint32_t {
  python = 1,  // text whose first line starts with "#!python": rewritten for each environment
  other = 2,   // a binary, or text with an interpreter of its own: linked
};

struct ScriptRecord {
  StringRef name;  // file name in bin/
  std::uint32_t file = kNone;
  ScriptKind kind = ScriptKind::other;
};

struct FileRecord {
  std::uint64_t size = 0;
  std::uint8_t sha256[32] = {};  // of the content
};

struct ElfRecord {
  std::uint32_t file = kNone;
  std::uint32_t first_needed = 0;
  std::uint32_t needed_count = 0;
  StringRef soname;
  StringRef rpath;    // DT_RPATH
  StringRef runpath;  // DT_RUNPATH
};

}  // namespace pel::index_format
