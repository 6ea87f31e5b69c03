#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/gc/root_states.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// What in a store is needed by somebody.
class Needs {
 public:
  void add(const RootState& state);
  void add(const TableNeeds& needs);

  [[nodiscard]] bool has_tree(std::string_view id) const { return trees_.contains(id); }

  // Whether the pack of this file name, of a tree that is needed, is needed as well: somebody uses
  // the tree with that interpreter, or it is not known with which.
  [[nodiscard]] bool has_pack(std::string_view id, std::string_view pack_file) const;

  [[nodiscard]] bool has_launcher(std::string_view id) const {
    return all_launchers_ || launchers_.contains(id);
  }

  void add_launcher(std::string_view id) { launchers_.emplace(id); }

  [[nodiscard]] const auto& trees() const noexcept { return trees_; }

 private:
  void add_tree(const std::string& id, const std::string& cache_tag);

  std::map<std::string, std::set<std::string>, std::less<>> trees_;  // with cache tags
  std::set<std::string, std::less<>> launchers_;
  bool all_launchers_ = false;
};

}  // namespace pel
