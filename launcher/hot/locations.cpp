#include "launcher/hot/locations.hpp"

#include <cstdlib>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

std::string home_directory(const char* wanted) {
  if (std::string home = trusted_variable("HOME"); !home.empty()) {
    return home;
  }
  throw Error(ErrorCode::usage, "neither HOME nor a variable of ours is set")
      .with_hint(concat("set ", wanted, " to a directory"));
}

// The XDG base directory specification: a relative path there is to be ignored.
std::string location(const std::string& chosen, const char* own, const char* xdg,
                     const char* below_home) {
  if (!chosen.empty()) {
    return absolute_path(chosen);
  }
  if (const std::string base = trusted_variable(xdg); base.starts_with('/')) {
    return absolute_path(concat(base, "/pyenvlaunch"));
  }
  return absolute_path(concat(home_directory(own), "/", below_home, "/pyenvlaunch"));
}

}  // namespace

std::string trusted_variable(const char* name) {
  const char* const value = ::secure_getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string store_home(const Configuration& configuration) {
  return location(configuration.get("PYENVLAUNCH_HOME", "home"), "PYENVLAUNCH_HOME",
                  "XDG_DATA_HOME", ".local/share");
}

std::string cache_home(const Configuration& configuration) {
  return location(configuration.get("PYENVLAUNCH_CACHE", "cache"), "PYENVLAUNCH_CACHE",
                  "XDG_CACHE_HOME", ".cache");
}

}  // namespace pel
