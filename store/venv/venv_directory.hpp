#pragma once

#include <string>

#include "store/base/fd.hpp"
#include "store/venv/thin_venv.hpp"

namespace pel {

// What is at the place of a virtual environment that is to be made.
enum class VenvPlace { nothing, ours, foreign_venv, other_directory, no_directory };

// An empty directory counts as nothing. Throws Error(io) where it may not be looked at.
[[nodiscard]] VenvPlace look_at_venv(const std::string& directory);

// Whether the request may have its directory. Throws Error(usage) where something is there that it
// must not change, Error(io) where nothing can be written. Nothing is changed.
void check_venv_directory(const ThinVenvRequest& request);

// Deletes what is in the directory of a request with `clear`, which is checked once more, since
// much time may have passed: pyvenv.cfg at last, so that what an interruption leaves is still known
// for a virtual environment. The directory itself stays where it cannot be deleted: a mount point,
// or one that the path leads to by a link.
void clear_venv_directory(const ThinVenvRequest& request);

// One process at a time changes a directory that is there: it holds this. Throws Error(busy) when
// another one has it for a minute. Without locks (some network file systems) the last one wins.
[[nodiscard]] UniqueFd lock_venv_directory(const std::string& directory);

}  // namespace pel
