#include "store/interpreter/base_executable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <memory>

#include "store/base/fd.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {
namespace {

constexpr std::size_t kLongestConfiguration = 64 * 1024;
constexpr int kDeepestNesting = 16;  // environments made from environments, and links to links

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

using Configuration = std::map<std::string, std::string, std::less<>>;

// pyvenv.cfg, read as CPython does: "key = value", keys in any case.
std::optional<Configuration> read_configuration(const std::string& path) {
  std::string text;
  if (read_text_file(path, kLongestConfiguration, text) != 0) {
    return std::nullopt;
  }
  Configuration result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) {
      std::string key(trim(line.substr(0, equals)));
      std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      result.emplace(std::move(key), trim(line.substr(equals + 1)));
    }
    begin = end + 1;
  }
  return result;
}

std::optional<Configuration> configuration_of(const std::string& executable) {
  const std::string folder = directory_of(executable);
  auto found = read_configuration(folder + "/pyvenv.cfg");
  return found ? found : read_configuration(folder + "/../pyvenv.cfg");
}

std::optional<std::string> link_target(const std::string& path) {
  auto target = read_symlink(path);
  if (target && !target->starts_with('/')) {
    target = concat(directory_of(path), "/", *target);
  }
  return target;
}

std::string value_of(const Configuration& configuration, std::string_view key) {
  const auto found = configuration.find(key);
  return found == configuration.end() ? std::string() : found->second;
}

// "3.11.7" -> "python3.11"; "" -> "python3".
std::string name_for_version(std::string_view version) {
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos) {
    return "python3";
  }
  return concat("python", version.substr(0, version.find('.', dot + 1)));
}

// The interpreter that an environment was made from.
std::optional<std::string> interpreter_at_home(const Configuration& configuration,
                                               std::string_view own_name) {
  const std::string home = value_of(configuration, "home");
  if (!home.starts_with('/')) {
    return std::nullopt;
  }
  std::string version = value_of(configuration, "version");
  if (version.empty()) {
    version = value_of(configuration, "version_info");
  }
  const std::array<std::string, 6> candidates{value_of(configuration, "executable"),
                                              value_of(configuration, "base-executable"),
                                              concat(home, "/", name_for_version(version)),
                                              concat(home, "/", own_name),
                                              concat(home, "/python3"),
                                              concat(home, "/python")};
  for (const std::string& candidate : candidates) {
    if (candidate.starts_with('/') && is_executable_file(candidate)) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> resolve_base_executable(std::string_view path) {
  std::string current(path);
  for (int depth = 0; depth < kDeepestNesting; ++depth) {
    const auto configuration = configuration_of(current);
    const auto target = link_target(current);
    // What runs is what a link leads to, so an ordinary environment's link is just followed. Our
    // own environments may link to the launcher, which is no interpreter.
    if (configuration && (!target || configuration->contains("pyenvlaunch"))) {
      const auto home = interpreter_at_home(*configuration, name_of(current));
      if (!home || *home == current) {
        return std::nullopt;
      }
      current = *home;
    } else if (target) {
      current = *target;
    } else {
      break;
    }
  }
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(current.c_str(), nullptr),
                                                         &std::free);
  if (real == nullptr || !is_executable_file(real.get())) {
    return std::nullopt;
  }
  return std::string(real.get());
}

std::optional<std::string> interpreter_in_directory(const std::string& directory) {
  for (const std::string_view name : {"bin/python3", "bin/python", "python3", "python"}) {
    std::string path = concat(directory, "/", name);
    if (is_executable_file(path)) {
      return path;
    }
  }
  for (int minor = 30; minor > 5; --minor) {  // some installations have no unversioned name
    std::string path = concat(directory, "/bin/python3.", std::to_string(minor));
    if (is_executable_file(path)) {
      return path;
    }
  }
  return std::nullopt;
}

bool is_script(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 2> head{};
  return file && ::read(file.get(), head.data(), head.size()) == 2 && head[0] == '#' &&
         head[1] == '!';
}

}  // namespace pel
