#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lock/lockfile.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Where the wheels of a store can be had again: the places that the locks of its environments give
// for them. By id; locks that are gone or cannot be read say nothing.
[[nodiscard]] std::map<std::string, LockedArtifact, std::less<>> known_wheels(
    const StoreLayout& layout);

// The file of the wheel `id` in one of these folders, by the digits of its hash that the id has;
// for a wheel whose INDEX is damaged and that no lock knows. Files that cannot be read are passed
// over.
[[nodiscard]] std::optional<LockedArtifact> wheel_in_folders(std::span<const std::string> folders,
                                                             std::string_view id);

}  // namespace pel
