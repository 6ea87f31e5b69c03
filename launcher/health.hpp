#pragma once

#include <string>
#include <vector>

#include "launcher/settings.hpp"

namespace pel {

// One thing that `doctor` looked at.
struct HealthCheck {
  enum class Level {
    ok,
    note,     // works, but not as well as it could
    warning,  // will not work for everything
    problem,  // does not work
  };

  Level level = Level::ok;
  std::string area;  // "installation", "store", "cache", "interpreters", "roots"
  std::string text;
  std::string advice = {};  // what to do; empty when there is nothing to do
};

// Looks at the installation, at store and cache with their file systems, at the roots, and at the
// interpreters, which it may run to ask for their facts. Changes nothing, but may leave those facts
// in the cache, and tries what the file systems can do with small files that it removes. What
// cannot be looked at is a problem in the result, never an exception.
[[nodiscard]] std::vector<HealthCheck> check_health(const Settings& settings);

}  // namespace pel
