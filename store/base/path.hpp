#pragma once

#include <string>
#include <string_view>

// Paths as plain text, for code that must not pull in a file-system library (the hot path and
// everything that runs inside the interpreter). Lexical only: nothing here asks the kernel.
namespace pel {

// "/a/b" -> "/a", "b" -> ".", "/b" -> "/".
[[nodiscard]] inline std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

// "/a/b" -> "b", "b" -> "b", "/a/" -> "".
[[nodiscard]] inline std::string_view name_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace pel
