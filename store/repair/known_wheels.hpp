#pragma once

#include <map>
#include <string>

#include "lock/lockfile.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Where the wheels of a store can be had again: the places that the locks of its environments give
// for them. By id; locks that are gone or cannot be read say nothing.
[[nodiscard]] std::map<std::string, LockedArtifact, std::less<>> known_wheels(
    const StoreLayout& layout);

}  // namespace pel
