#include "store/records/plain_path.hpp"

#include <sys/stat.h>

#include <cstddef>

#include "store/base/text.hpp"

namespace pel {

bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() == '/') {
    return false;
  }
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component.empty() || component == "." || component == "..") {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    path.remove_prefix(slash + 1);
  }
}

bool is_inside_directory(const std::string& directory, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    struct stat status{};
    if (::lstat(concat(directory, "/", path.substr(0, slash)).c_str(), &status) != 0 ||
        !S_ISDIR(status.st_mode)) {
      return false;
    }
  }
  return true;
}

}  // namespace pel
