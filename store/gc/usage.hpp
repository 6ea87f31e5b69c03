#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/tree/store.hpp"

namespace pel {

// What an environment of a store takes. Bytes are apparent sizes of files, bytecode included.
struct EnvironmentUsage {
  std::string prefix;
  std::string lock;  // empty when it is not known
  // Of its directory and its table; other files that are linked to the store not counted.
  std::uint64_t prefix_bytes = 0;
  std::uint64_t shared_bytes = 0;  // of wheels and composites that others need as well
  std::uint64_t alone_bytes = 0;   // of those that would go with it
  std::uint64_t venv_bytes = 0;    // that an ordinary virtual environment of its wheels takes
  std::vector<std::string> wheel_ids;
  std::vector<std::string> composite_ids;
};

// Of all environments, and directories that `venv` has made, whose directories are there; by lock,
// then prefix.
[[nodiscard]] std::vector<EnvironmentUsage> environment_usage(const Store& store);

}  // namespace pel
