#pragma once

#include <string_view>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

enum class HashFiles { no, yes };

// Holds one stored wheel against its INDEX. What is wrong is returned, never thrown.
[[nodiscard]] std::vector<Finding> verify_wheel(const StoreLayout& layout, std::string_view id,
                                                HashFiles hash_files);

// The same for a composite.
[[nodiscard]] std::vector<Finding> verify_composite(const StoreLayout& layout, std::string_view id,
                                                    HashFiles hash_files);

}  // namespace pel
