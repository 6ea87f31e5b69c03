#pragma once

#include "store/interpreter/process.hpp"

namespace pel {

// For tools that put nothing into an environment of the user's: what users demand of their own
// installations (a virtual environment, --user) is not meant, and relative paths start where we
// are.
inline void without_demands(EnvironmentEdits& environment) {
  environment.unset.insert(environment.unset.end(), {"UV_WORKING_DIRECTORY", "UV_WORKING_DIR"});
  environment.set.emplace_back("PIP_REQUIRE_VIRTUALENV", "0");  // also of pip.conf
  environment.set.emplace_back("PIP_USER", "0");
}

}  // namespace pel
