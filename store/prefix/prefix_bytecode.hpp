#pragma once

#include <string>

namespace pel {

// Makes the packs of an environment's trees for -O (1) or -OO (2), as far as they are missing, and
// leaves an empty file in the prefix that says so; that alone where the store can only be read.
// `interpreters` is where the cache keeps what is known of interpreters. Throws Error.
void complete_prefix_bytecode(const std::string& prefix, const std::string& store_root,
                              const std::string& interpreters, unsigned optimization);

}  // namespace pel
