#include "tests/unit/interpreter/machine.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "store/base/text.hpp"

namespace pel::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> find_interpreters() {
  std::set<fs::path> found;
  const auto add = [&](const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      found.insert(fs::canonical(path));
    }
  };
  const char* const home = std::getenv("HOME");
  const fs::path versions = fs::path(home == nullptr ? "/" : home) / ".pyenv" / "versions";
  std::error_code error;
  for (const auto& version : fs::directory_iterator(versions, error)) {
    for (int minor = 9; minor < 20; ++minor) {
      add(version.path() / "bin" / concat("python3.", std::to_string(minor)));
    }
  }
  for (int minor = 9; minor < 20; ++minor) {
    add(concat("/usr/bin/python3.", std::to_string(minor)));
  }
  return {found.begin(), found.end()};
}

}  // namespace

const std::vector<fs::path>& real_interpreters() {
  static const std::vector<fs::path> interpreters = find_interpreters();
  return interpreters;
}

std::string any_interpreter() {
  return real_interpreters().empty() ? std::string() : real_interpreters().back().string();
}

}  // namespace pel::test
