#pragma once

#include <optional>
#include <set>
#include <string>

#include "store/base/file_identity.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/environment/prefix_plan.hpp"
#include "store/environment/thin_venv.hpp"

namespace pel {

// What a directory of `venv` has beyond the prefix in the cache: activation scripts, a .pth file
// with the plain paths of the packages, its recipe. `lock_state` is that of the lock before it was
// read, when the directory follows it. After plan().
void add_thin_venv_files(PrefixPlan& plan, const EnvironmentMaker& maker,
                         const ThinVenvRequest& request,
                         const std::optional<FileIdentity>& lock_state);

// A script that somebody's own package has put into bin/ belongs to that package. `ours` is what an
// earlier call has put there.
void leave_files_of_others(PrefixPlan& plan, const std::string& directory,
                           const std::set<std::string, std::less<>>& ours);

}  // namespace pel
