#pragma once

#include <vector>

#include "store/tree/store.hpp"

namespace pel {

// What is wrong with a whole store: wheels, composites, and the packs of both.
[[nodiscard]] std::vector<Finding> verify_store(const Store& store, Store::Depth depth);

}  // namespace pel
