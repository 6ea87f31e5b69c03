#pragma once

#include <string>

namespace pel {

// Moves what is at `path` to `place`, on the same file system, to be deleted there: a directory,
// which may be read-only, a file, or a link itself. False if there is nothing. Throws Error(io).
bool move_away(const std::string& path, const std::string& place);

}  // namespace pel
