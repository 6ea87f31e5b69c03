#pragma once

#include <string>

namespace pel {

// The directories of this user, from the environment (docs/architecture.md, "Where things lie").
// In a process with more rights than its user (AT_SECURE) the variables do not count. Both throw
// Error(usage) when no variable names a place and HOME is not set. Absolute paths.
[[nodiscard]] std::string store_home();  // PYENVLAUNCH_HOME, $XDG_DATA_HOME/…, ~/.local/share/…
[[nodiscard]] std::string cache_home();  // PYENVLAUNCH_CACHE, $XDG_CACHE_HOME/…, ~/.cache/…

// A variable's value; empty when it is unset, or must not count (AT_SECURE).
[[nodiscard]] std::string trusted_variable(const char* name);

}  // namespace pel
