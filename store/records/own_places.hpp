#pragma once

#include <string>
#include <string_view>

namespace pel {

// Where the environments of shims are, below PYENVLAUNCH_HOME.
[[nodiscard]] std::string shim_home(std::string_view home);

// Throws Error(usage) "cannot ACTION PATH: …" when the path is one of the directories below
// PYENVLAUNCH_HOME and PYENVLAUNCH_CACHE that only this program writes to, or lies in one, by
// whatever name: what users put there would be taken for a leftover, or shadow what is needed.
void refuse_own_place(std::string_view action, const std::string& path, const std::string& home,
                      const std::string& cache);

}  // namespace pel
