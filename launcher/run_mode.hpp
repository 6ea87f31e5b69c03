#pragma once

#include <string>
#include <string_view>

#include "store/interpreter/interpreter.hpp"

namespace pel {

// How an interpreter would be run, and why.
struct RunMode {
  std::string_view mode;  // "embedded" or "hosted"; empty when it cannot be used
  std::string reason;     // one line for people: a library's path, or what is missing
};

// `wanted` is the value of PYENVLAUNCH_MODE, or empty.
[[nodiscard]] RunMode run_mode(const FoundInterpreter& found, std::string_view wanted);

}  // namespace pel
