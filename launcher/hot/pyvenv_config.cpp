#include "launcher/hot/pyvenv_config.hpp"

#include <cerrno>

#include "store/base/text_file.hpp"
#include "store/format/config_path.hpp"
#include "store/format/followed_lock.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxSize = 64 * 1024;

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\f\v";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) {
    return {};
  }
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

}  // namespace

PyvenvConfig PyvenvConfig::parse(std::string_view text) {
  PyvenvConfig config;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      continue;
    }
    const std::string key = lower(trim(line.substr(0, equals)));
    const std::string_view value = trim(line.substr(equals + 1));
    if (key == "home") {
      config.home = value;
    } else if (key == "pyenvlaunch") {
      config.ours = true;
    } else if (key == "pyenvlaunch-store") {
      config.store = decode_config_path(value);
    } else if (key == "pyenvlaunch-launcher") {
      config.launcher_id = value;
    } else if (key == kFollowedLockKey) {
      config.lock = decode_config_path(value);
    } else if (key == kFollowedStateKey) {
      config.lock_state = value;
    }
  }
  return config;
}

std::optional<PyvenvConfig> PyvenvConfig::read(const std::string& path) {
  std::string text;
  switch (read_text_file(path, kMaxSize, text)) {
    case 0:
      return parse(text);
    case EFBIG:
      return PyvenvConfig();
    default:
      return std::nullopt;
  }
}

}  // namespace pel
