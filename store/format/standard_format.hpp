#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "store/format/pack_format.hpp"

// The pack of an interpreter's standard library (docs/formats.md, "Pack of a standard library"): an
// ordinary pack, with more sections that say what lay in the library's directories when it was
// made. All of them are hot. The number of a module is the file number of its code.
namespace pel {

namespace standard_format {

enum Section : std::uint32_t {
  kStrings = 10,
  kDirectories = 11,  // DirectoryRecord, sorted by path bytewise
  kModules = 12,      // ModuleRecord; those of one directory together, sorted by name bytewise
};

struct DirectoryRecord {
  StringRef path;              // below the library; empty for the library itself
  std::uint64_t mtime_ns = 0;  // 0: it was being changed, so nothing below is known
  std::uint32_t first_module = 0;
  std::uint32_t module_count = 0;
};

// What FileFinder would answer to a name, by its order: package, extension, source, bytecode,
// directory.
enum class ModuleKind : std::uint32_t {
  package = 1,    // a directory with __init__.py, and no other __init__
  source = 2,     // NAME.py
  extension = 3,  // NAME + suffix
  other = 4,      // anything that only importlib can tell
};

struct ModuleRecord {
  StringRef name;
  StringRef suffix;  // of an extension
  ModuleKind kind = ModuleKind::other;
  std::uint32_t reserved = 0;
  std::uint64_t size = 0;      // of the source
  std::uint64_t mtime_ns = 0;  // of the source; 0: it was being changed
};

static_assert(sizeof(DirectoryRecord) == 24);
static_assert(sizeof(ModuleRecord) == 40);

}  // namespace standard_format

// Where the packs of an interpreter's library are, as a name like those of trees: an '@' is in none
// of theirs. Follows from the path of the interpreter alone.
class StandardPackId {
 public:
  explicit StandardPackId(std::string_view base_executable) noexcept;

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

  [[nodiscard]] static bool is_one(std::string_view id) noexcept;

 private:
  std::array<char, 25> text_;
};

}  // namespace pel
