#pragma once

#include <cstddef>
#include <string>

#include "store/environment/environment.hpp"

namespace pel {

struct RemovalResult {
  std::size_t selections = 0;
  std::size_t environments = 0;
};

// Forgets every interpreter and selection of the lock at `lock_path`, and removes the environments
// that no other selection refers to: their roots, then their prefix directories. Nothing to forget
// is no error. Throws Error(io).
RemovalResult remove_environments(const StoreLocations& locations, const std::string& lock_path);

}  // namespace pel
