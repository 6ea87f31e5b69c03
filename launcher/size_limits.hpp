#pragma once

#include <cstdint>

#include "launcher/config_file.hpp"
#include "store/wheel/unpack.hpp"

namespace pel {

// What a wheel may grow to, by the variables PYENVLAUNCH_MAX_WHEEL_SIZE (bytes, or "2GiB"),
// PYENVLAUNCH_MAX_WHEEL_FILES and PYENVLAUNCH_MAX_WHEEL_RATIO where they are set, else by
// the settings of the same names. Throws Error(usage) that names the variable.
[[nodiscard]] UnpackLimits unpack_limits(const ConfigFiles& files);

// How many bytes a download may have whose size the lock does not give: by
// PYENVLAUNCH_MAX_DOWNLOAD_SIZE or the setting max-download-size. Throws Error(usage), too.
[[nodiscard]] std::uint64_t largest_download(const ConfigFiles& files);

}  // namespace pel
