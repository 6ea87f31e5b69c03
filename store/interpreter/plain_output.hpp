#pragma once

#include "store/interpreter/process.hpp"

namespace pel {

// For tools whose output is read or repeated by us: it has no colours, whatever the user has set.
inline void without_colour(EnvironmentEdits& environment) {
  environment.unset.insert(environment.unset.end(), {"FORCE_COLOR", "CLICOLOR_FORCE"});
  environment.set.emplace_back("NO_COLOR", "1");
}

}  // namespace pel
