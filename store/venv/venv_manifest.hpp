#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "store/prefix/prefix_plan.hpp"

namespace pel {

// The file in a thin environment that lists what we have put there, a path below the directory on
// each line: the next update knows by it what is ours to replace and to remove.
inline constexpr const char* kVenvManifest = "pyenvlaunch.files";

[[nodiscard]] std::string venv_manifest_of(const PrefixPlan& plan);

// Empty when there is none. Lines that could name something outside the directory are left out: the
// file may have been changed by anybody.
[[nodiscard]] std::set<std::string, std::less<>> read_venv_manifest(const std::string& directory);

// Removes the files that `before` lists and the plan does not, and the directories that are empty
// then. Returns how many. Throws Error(io).
std::size_t remove_what_is_gone(const std::string& directory,
                                const std::set<std::string, std::less<>>& before,
                                const PrefixPlan& plan);

}  // namespace pel
