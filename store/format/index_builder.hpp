#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/sha256.hpp"
#include "store/format/index_format.hpp"

namespace pel {

struct EntryPoint {
  std::string group;
  std::string name;
  std::string value;

  friend bool operator==(const EntryPoint&, const EntryPoint&) = default;
};

// What the INDEX says of the whole tree.
struct IndexedTree {
  std::string name;
  std::string normalized_name;
  std::string version;
  std::string wheel_file;
  std::string dist_info;
  std::string requires_python;
  bool root_is_purelib = true;
  Sha256 sha256;
  std::vector<EntryPoint> entry_points;
  std::string record;                 // the wheel's own RECORD
  std::vector<std::string> warnings;  // sorted by the caller if order matters
};

struct IndexedElf {
  std::string soname;
  std::string rpath;
  std::string runpath;
  std::vector<std::string> needed;
};

struct IndexedFile {
  std::uint64_t size = 0;
  Sha256 sha256;
  bool executable = false;
  // Files directly in bin/ only.
  index_format::ScriptKind script = index_format::ScriptKind::other;
  const IndexedElf* elf = nullptr;  // null when it is no ELF file; read by finish()
};

// Collects a tree, file by file in any order, and writes its INDEX: equal trees give equal bytes.
class IndexBuilder {
 public:
  // `path` is below the tree's root, with '/' between its components, none of them empty.
  // Throws std::logic_error when the path is taken, or passes through a file.
  void add_file(std::string_view path, const IndexedFile& file);

  // Only directories that hold nothing need to be named.
  void add_directory(std::string_view path);

  [[nodiscard]] std::string finish(const IndexedTree& tree) const;

 private:
  struct Node {
    bool is_file = false;
    IndexedFile file;
    std::map<std::string, Node, std::less<>> children;
  };

  Node& descend(std::string_view path);

  Node root_;
};

}  // namespace pel
