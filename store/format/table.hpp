#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/container.hpp"

// The table of an environment (docs/formats.md, "Table"): which stored tree answers for which
// top-level name. It holds ids, not paths, so that it does not care where the store lies; all of
// it is hot.
namespace pel {

namespace table_format {

inline constexpr std::string_view kMagic = "PELTABLE";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::string_view kFileName = "pyenvlaunch.table";  // in the prefix directory

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
  package = 1,    // a directory with __init__; the first owner has it
  module = 2,     // a source, extension or bytecode file; the first owner has it
  name_space = 3, // directories without __init__ (PEP 420), of all owners
};

struct NameRecord {
  StringRef name;
  NameKind kind = NameKind::module;
  std::uint32_t first_owner = 0;  // in kOwners
  std::uint32_t owner_count = 0;
};

enum class ScriptKind : std::uint32_t {
  python = 1,  // text for the environment's Python: run it in this process
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

// Reads a table that lies in memory, which must outlive the view. Never throws. Immutable.
class TableView {
 public:
  TableView() noexcept = default;

  [[nodiscard]] static std::optional<TableView> open(std::span<const std::byte> bytes,
                                                     const char*& reason) noexcept;

  [[nodiscard]] table_format::EnvironmentRecord environment() const noexcept {
    return environment_;
  }

  [[nodiscard]] std::string_view text(StringRef ref) const noexcept {
    return resolve(strings_, ref);
  }

  [[nodiscard]] RecordSpan<table_format::TreeRecord> trees() const noexcept { return trees_; }

  [[nodiscard]] RecordSpan<table_format::DistributionRecord> distributions() const noexcept;
  [[nodiscard]] RecordSpan<table_format::NameRecord> names() const noexcept { return names_; }

  // The record of a top-level name; one probe of a hash table as a rule.
  [[nodiscard]] std::optional<table_format::NameRecord> find(std::string_view name) const noexcept;

  // The tree number of the index-th owner of a name; kNoTree when out of range.
  static constexpr std::uint32_t kNoTree = 0xFFFFFFFFU;
  [[nodiscard]] std::uint32_t owner(const table_format::NameRecord& name,
                                    std::uint32_t index) const noexcept;

  [[nodiscard]] RecordSpan<table_format::ScriptRecord> scripts() const noexcept;
  [[nodiscard]] std::optional<table_format::ScriptRecord> script(
      std::string_view name) const noexcept;
  [[nodiscard]] RecordSpan<table_format::VariableRecord> variables() const noexcept;
  [[nodiscard]] RecordSpan<StringRef> source_paths() const noexcept;

 private:
  ContainerView container_;
  std::string_view strings_;
  table_format::EnvironmentRecord environment_;
  RecordSpan<table_format::TreeRecord> trees_;
  RecordSpan<table_format::NameRecord> names_;
  RecordSpan<std::uint32_t> slots_;
  RecordSpan<std::uint32_t> owners_;
};

// The content of a table, before it is written. Plain data.
struct TableContent {
  struct Environment {
    std::string id, build_id, python_version, cache_tag, base_executable, libpython;
    std::uint32_t bytecode_magic = 0;
  };

  struct Tree {
    std::string id;
    table_format::TreeKind kind = table_format::TreeKind::wheel;
  };

  struct Distribution {
    std::string normalized_name, version, dist_info;
    std::uint32_t tree = 0;
  };

  struct Name {
    std::string name;
    table_format::NameKind kind = table_format::NameKind::module;
    std::vector<std::uint32_t> owners;  // numbers in `trees`; the winner first
  };

  struct Script {
    std::string name;
    table_format::ScriptKind kind = table_format::ScriptKind::python;
  };

  struct Variable {
    std::string name, value;
  };

  Environment environment;
  std::vector<Tree> trees;
  std::vector<Distribution> distributions;
  std::vector<Name> names;      // any order, each once
  std::vector<Script> scripts;  // any order, each once
  std::vector<Variable> variables;
  std::vector<std::string> source_paths;
};

// The bytes of the table; equal content gives equal bytes.
[[nodiscard]] std::string write_table(TableContent content);

}  // namespace pel
