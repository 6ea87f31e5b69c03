#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/records/edit_record.hpp"

namespace pel {

// `directory` is the absolute path of one that make_thin_venv() has made; everything throws
// Error(usage) for another one, and Error(not_found) for a package that is not there.

// Copies the files of a package from the store into the directory's own site-packages, where its
// owner may change them and where they win over the store's. Wheels that have to lie side by side
// come together. All of it or nothing: what an interruption has left is done again by the next
// call. Scripts (`.data/scripts`) and start files (.pth) come too; entry points' scripts stay.
// Throws Error(usage) when a file of that name is in the directory already.
EditedPackage start_edit(const std::string& directory, std::string_view package);

// What is different from the store, as a unified diff that `patch -p1` understands; files that are
// no text are named only. Empty when nothing is. Throws Error(not_found) without a `diff` program.
[[nodiscard]] std::string edit_diff(const std::string& directory, std::string_view package);

// Forgets all changes: the store's package is used again. Files that others have put beside the
// copied ones stay, except in directories of the package itself.
void reset_edit(const std::string& directory, std::string_view package);

struct ListedEdit {
  EditedPackage package;
  std::size_t changed = 0;  // files that differ, are missing, or are new
};

[[nodiscard]] std::vector<ListedEdit> list_edits(const std::string& directory);

// Throws Error(usage) when the directory has an edited package that is not one of these wheels: an
// update would leave its copy without the version that it was copied from.
void refuse_lost_edits(const std::string& directory, const std::vector<std::string>& wheel_ids);

}  // namespace pel
