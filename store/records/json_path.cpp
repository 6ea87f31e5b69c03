#include "store/records/json_path.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

namespace pel {
namespace {

int digit(char c) noexcept {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string from_hex(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) {
      return {};
    }
    text += static_cast<char>(high * 16 + low);
  }
  return text;
}

}  // namespace

nlohmann::ordered_json json_path(const std::string& path) {
  try {
    static_cast<void>(nlohmann::ordered_json(path).dump());
    return path;
  } catch (const nlohmann::json::exception&) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const char c : path) {
      const auto byte = static_cast<unsigned char>(c);
      hex += {kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
    return {{"hex", hex}};
  }
}

std::optional<std::string> path_of_json(const nlohmann::ordered_json& json) {
  if (json.is_string()) {
    return json.get<std::string>();
  }
  if (json.is_object() && json.contains("hex") && json["hex"].is_string()) {
    return from_hex(json["hex"].get<std::string>());
  }
  return std::nullopt;
}

}  // namespace pel
