#pragma once

#include <cstdint>
#include <string_view>

#include "store/format/container.hpp"

// The table of an environment (docs/formats.md, "Table"): which stored tree answers for which
// top-level name. It holds ids, not paths, so that it does not care where the store lies; all of
// it is hot.
namespace pel {

namespace table_format {

inline constexpr std::string_view kMagic = "PELTABLE";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::string_view kFileName = "pyenvlaunch.table";  // in the prefix directory

// The file's modification time says when the environment was last used, give or take this many
// seconds: who opens the table sets it when it is older.
inline constexpr std::int64_t kTouchAge = 24L * 60 * 60;

// Whether that is due; also where a clock that was wrong has given the table a time to come, which
// no age would ever be counted from. Seconds since 1970.
constexpr bool must_be_touched(std::int64_t modified, std::int64_t now) noexcept {
  return now - modified > kTouchAge || modified - now > kTouchAge;
}

// The first number of descriptors by which a program that is executed in an environment inherits
// its open table. Python itself closes them when it has mapped the table.
inline constexpr int kUseDescriptor = 241;
inline constexpr int kLastUseDescriptor = 250;

enum Section : std::uint32_t {
  kStrings = 1,
  kEnvironment = 2,    // EnvironmentRecord, exactly one
  kTrees = 3,          // TreeRecord, in lock order
  kDistributions = 4,  // DistributionRecord, in lock order
  kNames = 5,          // NameRecord, sorted by name bytewise
  kSlots = 6,          // u32: open addressing by hash64(name), number in kNames plus one, or zero
  kOwners = 7,         // u32: numbers in kTrees, runs of them named by NameRecord
  kScripts = 8,        // ScriptRecord, sorted by name
  kVariables = 9,      // VariableRecord: [tool.pyenvlaunch.env] of the lock
  kSourcePaths = 10,   // StringRef, absolute: [tool.pyenvlaunch] source-paths of the lock
};

struct EnvironmentRecord {
  StringRef id;               // of the environment: name of its prefix directory
  StringRef build_id;         // of the launcher that made it
  StringRef python_version;   // "3.11.7"
  StringRef cache_tag;        // "cpython-311"
  StringRef base_executable;  // absolute path of the real interpreter
  StringRef libpython;        // absolute path of its shared library
  std::uint32_t bytecode_magic = 0;
  std::uint32_t reserved = 0;
};

enum class TreeKind : std::uint32_t { wheel = 1, composite = 2 };

struct TreeRecord {
  StringRef id;  // directory name below wheels/ or composites/
  TreeKind kind = TreeKind::wheel;
};

struct DistributionRecord {
  StringRef normalized_name;  // PEP 503
  StringRef version;
  StringRef dist_info;  // directory name in the tree's site-packages
  std::uint32_t tree = 0;
};

enum class NameKind : std::uint32_t {
  package = 1,     // a directory with __init__; the first owner has it
  module = 2,      // a source, extension or bytecode file; the first owner has it
  name_space = 3,  // directories without __init__ (PEP 420), of all owners
};

struct NameRecord {
  StringRef name;
  NameKind kind = NameKind::module;
  std::uint32_t first_owner = 0;  // in kOwners
  std::uint32_t owner_count = 0;
};

enum class ScriptKind : std::uint32_t {
  python = 1,   // text for the environment's Python: run it in this process
  program = 2,  // anything else: exec
};

struct ScriptRecord {
  StringRef name;  // in the prefix's bin/
  ScriptKind kind = ScriptKind::python;
};

struct VariableRecord {
  StringRef name;
  StringRef value;
};

}  // namespace table_format

}  // namespace pel
