#pragma once

#include <sys/types.h>

#include <string>

namespace pel {

// Makes `target`, where there is nothing yet, a hard link to the file `source`; where the system
// does not allow that, a reflink or a copy with the mode and modification time of `source`.
void link_or_copy(const std::string& source, const std::string& target);

// A copy of `source` with this mode and the modification time of `source`.
void copy_file(const std::string& source, const std::string& target, mode_t mode);

}  // namespace pel
