#pragma once

#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// What lies among the wheels and the composites of a store and is none: files, links, directories
// with names that no wheel has. Throws Error(io).
[[nodiscard]] std::vector<Finding> stray_entries(const StoreLayout& layout);

}  // namespace pel
