#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/tree/stored_wheel.hpp"

namespace pel {

// Mends what needs no other file: gives the tree at `root` the modes that it must have, and deletes
// what is no part of it. The findings that it has done away with, as messages for people. Throws
// Error(io).
[[nodiscard]] std::vector<std::string> repair_surface(const std::string& root,
                                                      std::span<const Finding> findings);

}  // namespace pel
