#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/base/mapped_file.hpp"
#include "store/environment/environment_tree.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// The trees of an environment in lock order, their INDEX files mapped as long as it lives.
class MappedTrees {
 public:
  // Throws Error(not_found) when a wheel is not in the store, Error(corrupt) when its INDEX is
  // damaged; both name the file and say how to get the wheel back.
  MappedTrees(const StoreLayout& layout, std::span<const std::string> wheel_ids);

  [[nodiscard]] std::span<const EnvironmentTree> trees() const noexcept { return trees_; }

 private:
  std::vector<MappedFile> files_;
  std::vector<EnvironmentTree> trees_;
};

}  // namespace pel
