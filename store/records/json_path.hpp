#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace pel {

// A path in JSON: text, or {"hex": "2f74ff"} when its bytes are no UTF-8.
[[nodiscard]] nlohmann::ordered_json json_path(const std::string& path);

// The path that such JSON stands for; nothing if it is neither form.
[[nodiscard]] std::optional<std::string> path_of_json(const nlohmann::ordered_json& json);

}  // namespace pel
