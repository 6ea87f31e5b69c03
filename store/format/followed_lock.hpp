#pragma once

#include <string>

#include "store/base/file_identity.hpp"

namespace pel {

// Keys of the pyvenv.cfg of a directory that follows its lock: the lock's path (config_path.hpp),
// relative to the directory unless it starts with a slash; and what the file was when the
// directory was made for it.
inline constexpr const char* kFollowedLockKey = "pyenvlaunch-lock";
inline constexpr const char* kFollowedStateKey = "pyenvlaunch-lock-state";

// The value of kFollowedStateKey.
[[nodiscard]] std::string followed_state(const FileIdentity& lock);

}  // namespace pel
