#pragma once

#include <string>

namespace pel {

// Takes the permission to write from all files below a directory of the store that is about to be
// replaced. Environments have hard links to them, and believe that a file that may be written is
// one of their own: what somebody has changed in the store must not stay there for that reason.
//
// Files of other users, and directories that cannot be read, are left as they are. Throws nothing
// but std::bad_alloc.
void make_files_read_only(const std::string& directory);

}  // namespace pel
