#include "store/environment/venv_manifest.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <ranges>
#include <string_view>

#include "store/base/text.hpp"
#include "store/environment/file_system.hpp"

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

std::string venv_manifest_of(const PrefixPlan& plan) {
  std::string text;
  for (const auto& [path, entry] : plan.entries()) {
    text += concat(path, "\n");
  }
  return text;
}

std::set<std::string, std::less<>> read_venv_manifest(const std::string& directory) {
  std::set<std::string, std::less<>> paths;
  const auto text = read_file_if_any(concat(directory, "/", kVenvManifest));
  for (std::string_view rest = text ? std::string_view(*text) : std::string_view();
       !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (const std::string_view line = rest.substr(0, end); is_plain_path(line)) {
      paths.emplace(line);
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return paths;
}

std::size_t remove_what_is_gone(const std::string& directory,
                                const std::set<std::string, std::less<>>& before,
                                const PrefixPlan& plan) {
  std::size_t removed = 0;
  // What is in a directory sorts behind it.
  for (const std::string& path : std::ranges::reverse_view(before)) {
    if (plan.has(path) || !is_inside_directory(directory, path)) {
      continue;
    }
    const std::string full = concat(directory, "/", path);
    struct stat status{};
    if (::lstat(full.c_str(), &status) != 0) {
      continue;
    }
    if (S_ISDIR(status.st_mode)) {
      removed += ::rmdir(full.c_str()) == 0 ? 1U : 0U;  // unless others have put something there
    } else {
      remove_file(full);
      ++removed;
    }
  }
  return removed;
}

}  // namespace pel
