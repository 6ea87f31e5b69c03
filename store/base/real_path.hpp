#pragma once

#include <string>

namespace pel {

// An absolute path with all links resolved, as far as it is there; what is missing stays as it was
// written. One directory has one such path, however it is named.
[[nodiscard]] std::string real_path(const std::string& path);

// Whether `path` is `directory` or lies below it. Both as real_path() gives them.
[[nodiscard]] bool is_within(const std::string& path, const std::string& directory) noexcept;

}  // namespace pel
