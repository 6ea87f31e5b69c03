#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "launcher/config_file.hpp"
#include "store/environment/environment.hpp"
#include "store/fetch/fetch.hpp"
#include "store/wheel/unpack.hpp"

namespace pel {

// What the variables of the process and the files of settings say: a variable wins over the user's
// file, that over the system's. No command reads them itself, or a global.
struct Settings {
  // Throws Error(usage) when no variable names a place, Error(io) when one is no directory; asked
  // only by commands that need one.
  std::function<StoreLocations()> locations;
  std::function<UnpackLimits()> limits;  // may throw Error(usage), too; the usual ones if empty
  std::function<DownloadLimits()> download_limits;  // the same
  std::string python;                               // PYENVLAUNCH_PYTHON
  std::string python_source;                        // that name, or the line of the settings file
  std::string path;                                 // PATH
  std::string mode;                                 // PYENVLAUNCH_MODE
  bool offline = false;                             // PYENVLAUNCH_OFFLINE
  bool debug = false;                               // PYENVLAUNCH_LOG
  std::vector<std::string> find_links;              // of the files only
  ConfigFiles files;
  bool resumed = false;  // this command line has been through the manager once
  const std::atomic<bool>* interrupted = nullptr;

  [[nodiscard]] UnpackLimits unpack_limits() const { return limits ? limits() : UnpackLimits{}; }

  [[nodiscard]] DownloadLimits downloads() const {
    return download_limits ? download_limits() : DownloadLimits{};
  }
};

// Reads the variables and the files. Throws Error as read_config_files() does.
[[nodiscard]] Settings read_settings();

// One of the settings, for people.
struct SettingOrigin {
  std::string name;    // "store", "interpreter"
  std::string value;   // as it is used; may be empty
  std::string source;  // "PYENVLAUNCH_HOME", "default"
};

// Every setting with the variable, or the line of a file, that decided it.
[[nodiscard]] std::vector<SettingOrigin> setting_origins(const Settings& settings);

}  // namespace pel
