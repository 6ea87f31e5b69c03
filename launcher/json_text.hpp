#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pel {

// As commands print it: indented, members in the order of insertion, with a line end. Bytes that
// are no UTF-8 are replaced.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json);

}  // namespace pel
