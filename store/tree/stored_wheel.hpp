#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/base/sha256.hpp"
#include "store/format/index_builder.hpp"

namespace pel {

// What a store knows of one wheel, read from its INDEX.
struct StoredWheel {
  std::string id;
  std::string damage;  // why the INDEX cannot be read; all below is empty then
  std::string name;
  std::string normalized_name;
  std::string version;
  std::string wheel_file;
  std::string requires_python;
  Sha256 sha256;
  std::uint64_t installed_size = 0;  // bytes of all files together
  std::uint64_t file_count = 0;
  bool root_is_purelib = true;
  std::vector<EntryPoint> entry_points;
  std::vector<std::string> scripts;   // files of bin/
  std::vector<std::string> warnings;  // what was wrong with the wheel and was let pass
};

enum class FindingKind {
  missing,    // a file or a directory of the wheel is not there, or something else in its place
  extra,      // something that the wheel did not bring, such as __pycache__
  mode,       // other permissions than an immutable tree has
  owner,      // of a user who is neither root, nor this one, nor the store's
  size,       // a file of another size
  content,    // a file with another hash (deep verification only)
  index,      // INDEX is missing or damaged
  pack,       // a pack of bytecode is damaged
  unreadable  // the operating system refused
};

// One thing that `verify` found wrong.
struct Finding {
  std::string id;
  FindingKind kind;
  std::string path;     // absolute
  std::string message;  // "…: has another hash than the wheel", for people; the path included
};

struct WheelUsage {
  std::string id;
  std::uint64_t bytes = 0;   // apparent size of files
  std::uint64_t inodes = 0;  // directories included
  std::uint64_t bytecode_bytes = 0;
  std::uint64_t bytecode_inodes = 0;
};

}  // namespace pel
