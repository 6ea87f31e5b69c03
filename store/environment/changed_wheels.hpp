#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"

namespace pel {

struct ChangedWheel {
  std::size_t position;  // among the ids
  std::string path;      // of a file that was changed
};

// Looks at `most` files of these wheels for changes (ChangedFiles), beginning anywhere, so that
// each file has its turn. Empty ids are passed over. Looks at all of them if there are no more than
// that.
[[nodiscard]] std::vector<ChangedWheel> find_changed_wheels(const StoreLayout& layout,
                                                            std::span<const std::string> ids,
                                                            std::size_t most);

}  // namespace pel
