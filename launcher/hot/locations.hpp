#pragma once

#include <string>

#include "launcher/hot/configuration.hpp"

namespace pel {

// The directories of this user, from the environment and the settings (docs/architecture.md, "Where
// things lie"). In a process with more rights than its user (AT_SECURE) the variables do not count.
// Both throw Error(usage) when no variable names a place and HOME is no absolute path. Absolute
// paths. PYENVLAUNCH_HOME, the setting "home", $XDG_DATA_HOME/…, ~/.local/share/…
[[nodiscard]] std::string store_home(const Configuration& configuration = {});
// PYENVLAUNCH_CACHE, the setting "cache", $XDG_CACHE_HOME/…, ~/.cache/…
[[nodiscard]] std::string cache_home(const Configuration& configuration = {});

// A variable's value; empty when it is unset, or must not count (AT_SECURE).
[[nodiscard]] std::string trusted_variable(const char* name);

}  // namespace pel
