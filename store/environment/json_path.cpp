#include "store/environment/json_path.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

namespace pel {

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

}  // namespace pel
