#pragma once

#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"

namespace pel {

// The name of an environment: a digest of its content, so that locks with the same content share
// one prefix. 32 lower-case hexadecimal digits.
[[nodiscard]] std::string environment_id(std::span<const std::string> wheel_ids,
                                         const InterpreterFacts& interpreter, const Lock& lock,
                                         const std::string& build_id);

}  // namespace pel
