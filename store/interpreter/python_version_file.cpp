#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/interpreter/interpreter.hpp"

namespace pel {
namespace {

constexpr std::size_t kLongestFile = 64 * 1024;

// The first line that is neither empty nor a comment; nothing if the file cannot be read.
std::optional<std::string> first_version(const std::string& path) {
  std::string text;
  if (read_text_file(path, kLongestFile, text) != 0) {
    return std::nullopt;
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    line = line.substr(0, line.find('#'));
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin != std::string_view::npos) {
      return std::string(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PinnedPython> find_python_version_file(std::string_view directory) {
  std::string folder(directory);
  for (;;) {
    std::string path = concat(folder == "/" ? "" : folder, "/.python-version");
    if (auto version = first_version(path)) {
      if (*version == "system") {
        return std::nullopt;
      }
      return PinnedPython{std::move(*version), std::move(path)};
    }
    if (folder == "/" || folder.find('/') == std::string::npos) {
      return std::nullopt;
    }
    folder = directory_of(folder);
  }
}

}  // namespace pel
