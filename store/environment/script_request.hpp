#pragma once

#include <string>

#include "store/environment/environment.hpp"

namespace pel {

// Completes a request, whose locations are set, for the environment of a script: its lock, and what
// the script itself asks for. Keeps the answer to which lock its metadata names, for the hot path.
// Throws Error: what read_script() and parse_script_metadata() throw, and not_found when the script
// has no lock.
void request_script(EnvironmentRequest& request, const std::string& file);

}  // namespace pel
