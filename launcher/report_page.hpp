#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pel {

// One HTML page that draws what `store du --json` says, with members "store" and "time" beside it.
// It needs no other file and no network, and its policy allows none; names in `usage` are a
// stranger's, and stay text.
[[nodiscard]] std::string report_page(const nlohmann::ordered_json& usage);

}  // namespace pel
