#include "store/venv/venv_manifest.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <ranges>
#include <string_view>

#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/plain_path.hpp"

namespace pel {

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
