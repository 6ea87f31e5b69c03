#pragma once

#include <string>

namespace pel {

// Makes the packs of an environment's trees for -O (1) or -OO (2), as far as they are missing, and
// leaves an empty file in the prefix that says so; that alone where the store can only be read. All
// places follow from the two paths: the finder asks for this in processes that may have no variable
// set. Throws Error.
void complete_prefix_bytecode(const std::string& prefix, const std::string& store_root,
                              unsigned optimization);

}  // namespace pel
