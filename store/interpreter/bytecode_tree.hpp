#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"

namespace pel {

// A source file of a stored tree.
struct SourceFile {
  std::uint32_t number = 0;  // in the tree's INDEX
  std::uint64_t size = 0;    // a hint for scheduling
  std::string path;          // absolute
};

// The *.py files below the site-packages of the tree `id`, a wheel or a composite, in the order of
// its INDEX. Throws Error(not_found) when there is no such tree, Error(corrupt) when its INDEX is
// damaged.
[[nodiscard]] std::vector<SourceFile> sources_of_tree(const StoreLayout& layout,
                                                      const std::string& id);

}  // namespace pel
