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

// An absolute path without empty components, "." and "..", as os.path.abspath() makes it:
// "/a/b/../c" -> "/a/c", "/../a/" -> "/a". Where "b" is a link, that may be another file.
[[nodiscard]] inline std::string lexically_normal(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component == "..") {
      const std::size_t last = result.rfind('/');
      result.resize(last == std::string::npos ? 0 : last);
    } else if (!component.empty() && component != ".") {
      result += '/';
      result += component;
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return result.empty() ? "/" : result;
}

// Whether `path` is `directory` or lies below it. Both as lexically_normal() gives them.
[[nodiscard]] inline bool is_within(std::string_view path, std::string_view directory) noexcept {
  return directory == "/" || (path.starts_with(directory) &&
                              (path.size() == directory.size() || path[directory.size()] == '/'));
}

}  // namespace pel
