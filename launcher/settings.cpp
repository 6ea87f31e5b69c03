#include "launcher/settings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "launcher/hot/locations.hpp"
#include "launcher/interrupt.hpp"
#include "launcher/size_limits.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/records/cache_layout.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {
namespace {

// Holds the number of this process when it has been the manager before and became the hot path
// again (commands/run.cpp); in a child it means nothing.
constexpr const char* kResumedVariable = "PYENVLAUNCH_RESUMED";

bool is_on(std::string_view value) noexcept {
  return !value.empty() && value != "0" && value != "false" && value != "no" && value != "off";
}

// What decided a setting: its variable, a line of a file, the variable of the default, or nothing.
std::string source_of(const ConfigFiles& files, const char* variable, std::string_view key,
                      const char* fallback = nullptr) {
  if (!trusted_variable(variable).empty()) {
    return variable;
  }
  if (const ConfiguredValue* const value = files.find(key)) {
    return value->source;
  }
  return fallback != nullptr && !trusted_variable(fallback).empty() ? fallback : "default";
}

std::string places_for_messages(const std::vector<std::string>& places) {
  std::string text;
  for (const std::string& place : places) {
    text += concat(text.empty() ? "" : " ", is_http_url(place) ? url_for_messages(place) : place);
  }
  return text;
}

// A place that is no directory, or that may not be looked at, is an error for every command alike,
// and never a store in which nothing is. What is missing is made when it is needed.
void check_place(const char* action, const std::string& root, const char* variable) {
  struct stat status{};
  if (::stat(root.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return;
    }
    errno = ENOTDIR;
  }
  if (errno != ENOENT) {
    const int error = errno;
    const std::string hint = concat("set ", variable, " to a directory that you may write to");
    errno = error;
    throw_errno(action, root, hint);
  }
}

StoreLocations checked(StoreLocations locations) {
  check_place("use the store", StoreLayout(locations.home).root(), "PYENVLAUNCH_HOME");
  check_place("use the cache", CacheLayout(locations.cache).root(), "PYENVLAUNCH_CACHE");
  return locations;
}

// For people, who want to see the other settings also where this one cannot be known.
std::string place_or_none(std::string (*place)(const Configuration&), const ConfigFiles& files) {
  try {
    return place(files.compiled());
  } catch (const Error&) {
    return "none";
  }
}

}  // namespace

Settings read_settings() {
  Settings settings;
  settings.files = read_config_files();
  const ConfigFiles& files = settings.files;
  const Configuration hot = files.compiled();
  const auto value_of = [&](const char* variable, std::string_view key) {
    const ConfiguredValue* const configured = files.find(key);
    std::string value = trusted_variable(variable);
    return !value.empty() || configured == nullptr ? value : configured->value;
  };
  settings.locations = [hot] { return checked(StoreLocations{store_home(hot), cache_home(hot)}); };
  settings.limits = [files] { return unpack_limits(files); };
  settings.download_limits = [files] { return pel::download_limits(files); };
  settings.python = value_of("PYENVLAUNCH_PYTHON", "python");
  settings.python_source = source_of(files, "PYENVLAUNCH_PYTHON", "python");
  settings.path = trusted_variable("PATH");
  settings.mode = value_of("PYENVLAUNCH_MODE", "mode");
  settings.offline = is_on(value_of("PYENVLAUNCH_OFFLINE", "offline"));
  settings.debug = value_of("PYENVLAUNCH_LOG", "log") == "debug";
  if (const ConfiguredValue* const links = files.find("find-links")) {
    settings.find_links = links->items;
  }
  settings.resumed = trusted_variable(kResumedVariable) == std::to_string(::getpid());
  settings.interrupted = &interrupt_flag();
  return settings;
}

std::vector<SettingOrigin> setting_origins(const Settings& settings) {
  const ConfigFiles& files = settings.files;
  const UnpackLimits limits = settings.unpack_limits();
  const DownloadLimits downloads = settings.downloads();
  return {
      {"store", place_or_none(store_home, files),
       source_of(files, "PYENVLAUNCH_HOME", "home", "XDG_DATA_HOME")},
      {"cache", place_or_none(cache_home, files),
       source_of(files, "PYENVLAUNCH_CACHE", "cache", "XDG_CACHE_HOME")},
      {"interpreter",
       settings.python.empty() ? "what the lock and .python-version say, else any"
                               : settings.python,
       source_of(files, "PYENVLAUNCH_PYTHON", "python")},
      {"mode", settings.mode.empty() ? "embedded where possible" : settings.mode,
       source_of(files, "PYENVLAUNCH_MODE", "mode")},
      {"network", settings.offline ? "not used" : "used",
       source_of(files, "PYENVLAUNCH_OFFLINE", "offline")},
      {"log", settings.debug ? "debug" : "errors and warnings",
       source_of(files, "PYENVLAUNCH_LOG", "log")},
      {"find-links",
       settings.find_links.empty() ? "none" : places_for_messages(settings.find_links),
       source_of(files, "", "find-links")},
      {"wheel size", std::to_string(limits.max_total_bytes),
       source_of(files, "PYENVLAUNCH_MAX_WHEEL_SIZE", "max-wheel-size")},
      {"wheel files", std::to_string(limits.max_files),
       source_of(files, "PYENVLAUNCH_MAX_WHEEL_FILES", "max-wheel-files")},
      {"wheel ratio", std::to_string(limits.max_ratio),
       source_of(files, "PYENVLAUNCH_MAX_WHEEL_RATIO", "max-wheel-ratio")},
      {"downloads", std::to_string(downloads.largest),
       source_of(files, "PYENVLAUNCH_MAX_DOWNLOAD_SIZE", "max-download-size")},
      {"http timeout",
       downloads.timeout ? concat(std::to_string(downloads.timeout->count()), " s") : "30 s",
       source_of(files, "PYENVLAUNCH_HTTP_TIMEOUT", "http-timeout")},
  };
}

}  // namespace pel
