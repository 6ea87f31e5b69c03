#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pel {

// A path in JSON: text, or {"hex": "2f74ff"} when its bytes are no UTF-8.
[[nodiscard]] nlohmann::ordered_json json_path(const std::string& path);

}  // namespace pel
