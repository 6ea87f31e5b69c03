#pragma once

#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"

namespace pel {

struct RootLock {
  std::string path;
  std::string digest;  // of its text when the environment was made; empty in old roots
};

// What any root says, whatever made it. Members that a kind does not have are empty.
struct StoredRoot {
  std::string file;  // absolute path
  std::string
      kind;  // "environment", "venv", "shim", "add", "pin", or one that this version does not know
  std::string damage;  // why it cannot be read; all below is empty then
  std::string environment_id;
  std::string prefix;
  std::vector<RootLock> locks;
  std::string launcher;
  std::string target;  // of a pin: what the user called it
  std::vector<std::string> wheel_ids;
  std::vector<std::string> composite_ids;
};

// Throws nothing for a damaged root; one that is not there has neither kind nor damage.
[[nodiscard]] StoredRoot read_root(const std::string& file);

// Whether this user may see the roots of the store; in another user's store only its owner may.
[[nodiscard]] bool may_read_roots(const StoreLayout& layout);

// All roots of a store, by name. Throws Error(io) when the folder cannot be read.
[[nodiscard]] std::vector<StoredRoot> read_roots(const StoreLayout& layout);

}  // namespace pel
