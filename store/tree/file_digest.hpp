#pragma once

#include <string>

#include "store/base/sha256.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {

// The SHA-256 of what lies behind the descriptor's position. `hasher` has nothing in it, before and
// after. Reads rather than maps: a bad block is then Error(io), which names `path`, and no signal.
[[nodiscard]] Sha256 digest_of_file(int fd, const std::string& path, Sha256Hasher& hasher);

}  // namespace pel
