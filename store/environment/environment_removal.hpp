#pragma once

#include <cstddef>
#include <string>

#include "store/environment/environment.hpp"
#include "store/tree/patient_lock.hpp"

namespace pel {

struct RemovalResult {
  std::size_t selections = 0;
  std::size_t environments = 0;
  std::size_t in_use = 0;  // not removed, because processes run in them
};

// Forgets every interpreter and selection of the lock at `lock_path`, and removes the environments
// that no other selection refers to: their prefix directories and roots. One in which a process
// runs stays until garbage collection finds that it has ended. One that is being made at this
// moment is made first: what was made before the call returns is either forgotten, or another
// selection's. Nothing to forget is no error. Throws Error(io), and Error(busy) when the patience
// is at an end.
RemovalResult remove_environments(const StoreLocations& locations, const std::string& lock_path,
                                  const LockPatience& patience = {});

}  // namespace pel
