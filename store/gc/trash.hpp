#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/temporary_tree.hpp"

namespace pel {

// Where what is removed from a store goes: out of sight by one rename, at once for everybody, and
// deleted when the object goes. What an interruption leaves is deleted by the next run.
class Trash {
 public:
  explicit Trash(const StoreLayout& layout) : layout_(layout) {}

  // What is gone is gone durably before a part of it is deleted: a loss of power must not bring
  // half a tree back.
  ~Trash();
  Trash(const Trash&) = delete;
  Trash& operator=(const Trash&) = delete;

  // Empty if there was nothing at `path`, or it cannot be moved, which `warnings` tells; otherwise
  // the path where it lies now.
  std::string take(const std::string& path, std::vector<std::string>& warnings);

 private:
  StoreLayout layout_;
  std::unique_ptr<TemporaryTree> tree_;  // made for the first thing
  std::set<std::string> emptied_;        // directories that something was taken from
  std::size_t count_ = 0;
};

}  // namespace pel
