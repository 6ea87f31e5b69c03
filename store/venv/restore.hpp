#pragma once

#include <string>

#include "store/environment/environment.hpp"

namespace pel {

// Makes the environment in the directory `prefix` what it should be: what its own bin/python asks
// for when the lock that it follows has changed, or when its table or pyvenv.cfg cannot be used.
//
// One that follows its lock is made for the lock as it is now. Any other is made again as it was,
// from its recipe and its root, of wheels that are in the store; if those are gone, and the lock
// of somebody's own directory has the same text still, from that.
//
// `settings` says how: offline, limits, progress, cancelled. Throws Error; its message says that
// the directory cannot be used. Any number of processes may do the same at once.
void restore_environment(const std::string& prefix, const EnvironmentRequest& settings);

}  // namespace pel
