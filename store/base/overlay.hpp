#pragma once

#include <string>

namespace pel {

// Whether the path is on overlayfs, the file system of containers: what lies there may come from an
// image that is used on other machines as well, and a file of a lower layer keeps its number of
// links when one of its names is removed ("Non-standard behavior" in the kernel's documentation of
// overlayfs). False if it cannot be told.
[[nodiscard]] bool is_on_overlay(const std::string& path);

}  // namespace pel
