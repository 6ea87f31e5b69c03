#pragma once

#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"

namespace pel {

// A wheel that somebody edits in a virtual environment directory.
struct EditedCopy {
  std::string wheel_id;
  std::string directory;  // absolute path
};

// The packages that are edited in the directories that `venv` has made of a lock, given by its
// absolute path. Directories whose list of edits cannot be read are left out (`edit` reports
// them). Throws Error(io).
[[nodiscard]] std::vector<EditedCopy> edited_copies(const StoreLayout& layout,
                                                    const std::string& lock_path);

}  // namespace pel
