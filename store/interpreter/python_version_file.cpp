#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "store/base/fd.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/interpreter.hpp"

namespace pel {
namespace {

// The first line that is neither empty nor a comment; nothing if the file cannot be read.
std::optional<std::string> first_version(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 4096> buffer;
  const ssize_t size = file ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
  if (size < 0) {
    return std::nullopt;
  }
  std::string_view rest(buffer.data(), static_cast<std::size_t>(size));
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
