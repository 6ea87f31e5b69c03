#include "launcher/size_limits.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

#include "launcher/hot/locations.hpp"
#include "launcher/quantity.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"

namespace pel {
namespace {

std::string setting(const ConfigFiles& files, const char* variable, std::string_view key) {
  std::string text = trusted_variable(variable);
  const ConfiguredValue* const configured = files.find(key);
  return !text.empty() || configured == nullptr ? text : configured->value;
}

// A number greater than zero.
void read_count(const ConfigFiles& files, const char* variable, std::string_view key,
                std::uint64_t& target) {
  const std::string text = setting(files, variable, key);
  if (text.empty()) {
    return;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) {
    throw Error(ErrorCode::usage, concat("bad value '", text, "' of ", variable))
        .with_hint("set it to a whole number greater than zero, or unset it");
  }
  target = number;
}

}  // namespace

UnpackLimits unpack_limits(const ConfigFiles& files) {
  constexpr const char* kSize = "PYENVLAUNCH_MAX_WHEEL_SIZE";
  UnpackLimits limits;
  if (const std::string text = setting(files, kSize, "max-wheel-size"); !text.empty()) {
    limits.max_total_bytes = parse_size(text, kSize);
  }
  read_count(files, "PYENVLAUNCH_MAX_WHEEL_FILES", "max-wheel-files", limits.max_files);
  read_count(files, "PYENVLAUNCH_MAX_WHEEL_RATIO", "max-wheel-ratio", limits.max_ratio);
  return limits;
}

DownloadLimits download_limits(const ConfigFiles& files) {
  constexpr const char* kSize = "PYENVLAUNCH_MAX_DOWNLOAD_SIZE";
  constexpr std::uint64_t kLongest = std::uint64_t{365} * 24 * 3600;
  DownloadLimits limits;
  if (const std::string text = setting(files, kSize, "max-download-size"); !text.empty()) {
    limits.largest = parse_size(text, kSize);
  }
  std::uint64_t seconds = 0;
  read_count(files, "PYENVLAUNCH_HTTP_TIMEOUT", "http-timeout", seconds);
  if (seconds != 0) {
    limits.timeout = std::chrono::seconds(std::min(seconds, kLongest));
  }
  return limits;
}

}  // namespace pel
