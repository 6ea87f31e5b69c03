#include "launcher/settings.hpp"

#include <unistd.h>

#include <string_view>

#include "launcher/hot/locations.hpp"
#include "launcher/interrupt.hpp"
#include "launcher/unpack_limits.hpp"

namespace pel {
namespace {

// Holds the number of this process when it has been the manager before and became the hot path
// again (commands/run.cpp); in a child it means nothing.
constexpr const char* kResumedVariable = "PYENVLAUNCH_RESUMED";

bool is_on(std::string_view value) noexcept {
  return !value.empty() && value != "0" && value != "false" && value != "no" && value != "off";
}

// The first of the variables that is set.
std::string source_of(std::initializer_list<const char*> variables) {
  for (const char* const variable : variables) {
    if (!trusted_variable(variable).empty()) {
      return variable;
    }
  }
  return "default";
}

}  // namespace

Settings read_settings() {
  Settings settings;
  settings.locations = [] { return StoreLocations{store_home(), cache_home()}; };
  settings.limits = unpack_limits;
  settings.python = trusted_variable("PYENVLAUNCH_PYTHON");
  settings.path = trusted_variable("PATH");
  settings.mode = trusted_variable("PYENVLAUNCH_MODE");
  settings.offline = is_on(trusted_variable("PYENVLAUNCH_OFFLINE"));
  settings.resumed = trusted_variable(kResumedVariable) == std::to_string(::getpid());
  settings.interrupted = &interrupt_flag();
  return settings;
}

std::vector<SettingOrigin> setting_origins(const Settings& settings) {
  const StoreLocations locations = settings.locations();
  return {
      {"store", locations.home, source_of({"PYENVLAUNCH_HOME", "XDG_DATA_HOME"})},
      {"cache", locations.cache, source_of({"PYENVLAUNCH_CACHE", "XDG_CACHE_HOME"})},
      {"interpreter",
       settings.python.empty() ? "what the lock and .python-version say, else any"
                               : settings.python,
       source_of({"PYENVLAUNCH_PYTHON"})},
      {"mode", settings.mode.empty() ? "embedded where possible" : settings.mode,
       source_of({"PYENVLAUNCH_MODE"})},
      {"network", settings.offline ? "not used" : "used", source_of({"PYENVLAUNCH_OFFLINE"})},
  };
}

}  // namespace pel
