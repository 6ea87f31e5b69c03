#pragma once

#include <cstddef>
#include <string>

#include "store/environment/environment.hpp"

namespace pel {

struct RemovalResult {
  std::size_t selections = 0;
  std::size_t environments = 0;
  std::size_t in_use = 0;  // not removed, because processes run in them
};

// Forgets every interpreter and selection of the lock at `lock_path`, and removes the environments
// that no other selection refers to: their prefix directories and roots. One in which a process
// runs stays until garbage collection finds that it has ended. Nothing to forget is no error.
// Throws Error(io), Error(busy).
RemovalResult remove_environments(const StoreLocations& locations, const std::string& lock_path);

}  // namespace pel
