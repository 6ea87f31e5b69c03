#pragma once

#include <string>

namespace pel {

// Deletes a directory with all that is in it, read-only directories included, following no link.
// A path that does not exist is no error. Throws Error(io) at the first thing that cannot go.
//
// Nobody else may be able to write to what lies in it.
void remove_tree(const std::string& path);

}  // namespace pel
