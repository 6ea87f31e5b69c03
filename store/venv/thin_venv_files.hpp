#pragma once

#include <optional>
#include <set>
#include <string>

#include "store/base/file_identity.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/prefix/prefix_plan.hpp"
#include "store/venv/thin_venv.hpp"

namespace pel {

// What a directory of `venv` has beyond the prefix in the cache: activation scripts, a .pth file
// with the plain paths of the packages, metadata for tools that read the directory, its recipe.
// `lock_state` is that of the lock before it was read, when the directory follows it. After plan().
void add_thin_venv_files(PrefixPlan& plan, const EnvironmentMaker& maker,
                         const ThinVenvRequest& request,
                         const std::optional<FileIdentity>& lock_state);

// A script that somebody's own package has put into bin/ belongs to that package; so does the
// metadata of a package that is installed there. `ours` is what an earlier call has put there, and
// loses what others have made theirs.
void leave_files_of_others(PrefixPlan& plan, const std::string& directory,
                           std::set<std::string, std::less<>>& ours);

// The plan without the files that copies of an edited package stand for: they are still ours, and
// come back when the edit is reset. Throws as read_edits().
[[nodiscard]] PrefixPlan without_edited_files(const PrefixPlan& plan, const std::string& directory);

}  // namespace pel
