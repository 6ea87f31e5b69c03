#pragma once

#include <nlohmann/json_fwd.hpp>

#include "store/environment/environment.hpp"

namespace pel {

// What making an environment came to, as `exec --report` and `sync --json` tell it (docs/ci.md).
[[nodiscard]] nlohmann::ordered_json report_of(const EnvironmentResult& result);

}  // namespace pel
