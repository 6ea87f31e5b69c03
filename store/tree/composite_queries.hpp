#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// All composites of a store, sorted. Empty if there is no store.
[[nodiscard]] std::vector<std::string> composite_ids(const StoreLayout& layout);

// The ids of the wheels that a composite is made of, sorted. Nothing when its INDEX cannot be read.
[[nodiscard]] std::optional<std::vector<std::string>> composite_members(const StoreLayout& layout,
                                                                        std::string_view id);

// What a composite takes beyond its wheels: files that are links are theirs.
[[nodiscard]] WheelUsage composite_usage(const StoreLayout& layout, const std::string& id);

}  // namespace pel
