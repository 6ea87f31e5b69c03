#pragma once

#include <vector>

#include "store/tree/store.hpp"

namespace pel {

// What is wrong with a whole store: wheels, composites, the packs of both, and what else lies
// there.
[[nodiscard]] std::vector<Finding> verify_store(const Store& store, Store::Depth depth);

}  // namespace pel
