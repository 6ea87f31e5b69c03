#pragma once

#include <string>

namespace pel {

// An absolute path with all links resolved, as far as it is there; what is missing stays as it was
// written. One directory has one such path, however it is named.
[[nodiscard]] std::string real_path(const std::string& path);

}  // namespace pel
