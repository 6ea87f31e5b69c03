#include "launcher/hot/locations.hpp"

#include <cstdlib>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

std::string location(const std::string& chosen, const char* own, const char* xdg,
                     const char* below_home) {
  if (!chosen.empty()) {
    return absolute_path(chosen);
  }
  if (const std::string base = base_directory(xdg, below_home); !base.empty()) {
    return absolute_path(concat(base, "/pyenvlaunch"));
  }
  const std::string home = trusted_variable("HOME");
  if (!home.empty()) {
    throw Error(ErrorCode::usage, concat("cannot use HOME: '", home, "' is no absolute path"))
        .with_hint(concat("write the whole path, or set ", own, " to a directory"));
  }
  throw Error(ErrorCode::usage, "neither HOME nor a variable of ours is set")
      .with_hint(concat("set ", own, " to a directory"));
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
