#pragma once

#include <sys/types.h>

#include <string>

namespace pel {

// Creates a directory with exactly that mode, and what is missing above it with 0755. One that is
// there already is left as it is. Throws Error "cannot create directory …".
void make_directory(const std::string& path, mode_t mode);

// Makes the names in a directory durable. Throws Error(io).
void sync_directory(const std::string& path);

}  // namespace pel
