#pragma once

#include <functional>
#include <string>

#include "store/environment/environment.hpp"
#include "store/environment/locked_selection.hpp"
#include "store/environment/recipe.hpp"

namespace pel {

struct ThinVenvRequest {
  EnvironmentRequest environment;
  std::string directory;        // absolute path
  std::string prompt;           // what the shells show; the directory's name when empty
  bool clear = false;           // remove what an earlier virtual environment has left there
  bool allow_existing = false;  // also in a directory that holds other things, which stay
  bool seed = false;            // install pip into it, from the interpreter's own copy
  Follows follows = Follows::nothing;
  bool restore = false;  // the directory is known for one of ours, whatever its pyvenv.cfg holds
  std::function<LockedSelection()> select{};  // what it shall hold, instead of reading the lock
};

// Makes a virtual environment directory (PEP 405) over the store: a prefix as the cache has them,
// and activation scripts, and a .pth file with the plain paths of the packages for tools that read
// the directory without running its interpreter. Packages that are installed into it later are its
// own, and win over the lock's.
//
// A directory that is there already is brought up to date with the lock: what an earlier call has
// put there and the lock does not give any more is removed, what others have put there stays.
// One that follows its lock is brought up to date by its own bin/python when the lock's file has
// changed (restore.hpp), until a call without `follows`.
//
// Throws Error(usage) when the directory holds something else than a virtual environment of ours,
// unless `clear` is set and it is a virtual environment, or `allow_existing` and it is none; Error
// as make_environment() does otherwise.
[[nodiscard]] EnvironmentResult make_thin_venv(const ThinVenvRequest& request);

}  // namespace pel
