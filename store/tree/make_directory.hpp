#pragma once

#include <sys/types.h>

#include <string>

namespace pel {

// Creates a directory with exactly that mode, whatever the umask, and what is missing above it with
// the mode that the umask leaves of 0755: what others could replace is of no use to us. One that is
// there already is left as it is: false. Throws Error "cannot create directory …".
bool make_directory(const std::string& path, mode_t mode);

// Creates a directory and what is missing above it with the modes that the umask leaves of 0777:
// whether others may look in is the user's to say. Its owner always may. Throws as make_directory()
// does.
void make_directories(const std::string& path);

// Makes the names in a directory durable. Throws Error(io).
void sync_directory(const std::string& path);

// The same as far as it can be done: what follows is right without it, but a loss of power could
// undo one and not the other.
void try_to_sync_directory(const std::string& path) noexcept;

// Makes durable all that was written to the file system of `path`. Throws Error(io).
void sync_file_system(const std::string& path);

}  // namespace pel
