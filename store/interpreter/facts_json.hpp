#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lock/interpreter_facts.hpp"

namespace pel {

// Throws nlohmann::json::exception when a member is missing or of another type.
[[nodiscard]] InterpreterFacts facts_from_json(const nlohmann::json& object);

[[nodiscard]] nlohmann::json facts_to_json(const InterpreterFacts& facts);

}  // namespace pel
