#pragma once

#include <cstdint>

#include "launcher/config_file.hpp"
#include "store/fetch/fetch.hpp"
#include "store/wheel/unpack.hpp"

namespace pel {

// What a wheel may grow to, by the variables PYENVLAUNCH_MAX_WHEEL_SIZE (bytes, or "2GiB"),
// PYENVLAUNCH_MAX_WHEEL_FILES and PYENVLAUNCH_MAX_WHEEL_RATIO where they are set, else by
// the settings of the same names. Throws Error(usage) that names the variable.
[[nodiscard]] UnpackLimits unpack_limits(const ConfigFiles& files);

// How many bytes a download may have whose size the lock does not give, and how long a server may
// take: by PYENVLAUNCH_MAX_DOWNLOAD_SIZE and PYENVLAUNCH_HTTP_TIMEOUT (seconds), or the settings
// max-download-size and http-timeout. Throws Error(usage), too.
[[nodiscard]] DownloadLimits download_limits(const ConfigFiles& files);

}  // namespace pel
