#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/base/mapped_file.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/stored_index.hpp"

namespace pel {

// The trees of an environment in lock order, their INDEX files mapped as long as it lives.
class MappedTrees {
 public:
  // Throws Error(not_found) when a wheel is not in the store, Error(corrupt) when its INDEX is
  // damaged; both name the file and say how to get the wheel back. `open` may hold INDEX files that
  // were read already, at the places of their wheels; others are null.
  MappedTrees(const StoreLayout& layout, std::span<const std::string> wheel_ids,
              std::span<const std::shared_ptr<const StoredIndex>> open = {});

  [[nodiscard]] std::span<const EnvironmentTree> trees() const noexcept { return trees_; }

 private:
  void add(const StoreLayout& layout, const std::string& id);

  std::vector<MappedFile> files_;
  std::vector<std::shared_ptr<const StoredIndex>> shared_;
  std::vector<EnvironmentTree> trees_;
};

}  // namespace pel
