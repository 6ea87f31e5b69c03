#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// Checks the packs of one tree: modes, checksums, and the hash of each code object. What is wrong
// is returned, never thrown. A tree without packs is all right.
[[nodiscard]] std::vector<Finding> verify_packs(const StoreLayout& layout, std::string_view id);

// What in the directory of all packs is none of trees. Packs whose tree is gone are no damage, but
// garbage.
[[nodiscard]] std::vector<Finding> verify_bytecode_directory(const StoreLayout& layout);

}  // namespace pel
