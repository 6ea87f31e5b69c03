#pragma once

#include <string>

namespace pel {

// Moves what is at `path` to `place`, on the same file system, to be deleted there: a directory,
// which may be read-only, a file, or a link itself. False if there is nothing. Throws Error(io).
//
// A directory of a lower layer of overlayfs, as a container has of its image, cannot be moved
// (EXDEV; "Renaming directories" in the kernel's documentation of overlayfs). It is deleted where
// it is, beginning with the files at its top, by which others know it: INDEX, table, packs. An
// interruption leaves what counts as damaged, and is made again by whoever wants it. `place` is an
// empty directory then: nothing has become free, for the layer below keeps it.
bool move_away(const std::string& path, const std::string& place);

}  // namespace pel
