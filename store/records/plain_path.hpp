#pragma once

#include <string>
#include <string_view>

namespace pel {

// What records say of files below a directory is not believed: anybody may have changed them.

// Whether this is a relative path without empty, "." and ".." components.
[[nodiscard]] bool is_plain_path(std::string_view path);

// Whether every directory on the way from `directory` to the plain `path` below it is a real one: a
// link could lead out.
[[nodiscard]] bool is_inside_directory(const std::string& directory, std::string_view path);

}  // namespace pel
