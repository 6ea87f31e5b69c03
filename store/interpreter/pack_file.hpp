#pragma once

#include <string>
#include <string_view>

#include "store/tree/store_layout.hpp"

namespace pel {

// Writes the pack of this file name for `id`, whole or not at all, with the directories that are
// missing. Throws Error(io).
void write_pack_file(const StoreLayout& layout, std::string_view id, std::string_view file_name,
                     const std::string& bytes);

}  // namespace pel
