#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/layout/environment_tree.hpp"

namespace pel {

// The paths that several trees install with different content, one sentence each, sorted by path:
// "a/b.py: from x-1.0 and y-2.0, y-2.0's is used". Paths are relative to site-packages, or to the
// prefix when they lie elsewhere. Equal files are no conflict. Costs only what the directories
// hold that several trees share.
[[nodiscard]] std::vector<std::string> file_conflicts(std::span<const EnvironmentTree> trees);

}  // namespace pel
