#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "store/format/standard_builder.hpp"

namespace pel {

struct StandardDirectory {
  std::uint64_t mtime_ns = 0;                    // 0: it was changed just now
  std::vector<StandardBuilder::Module> modules;  // sorted by name, without code
};

// The directories of the interpreter's standard library that modules are found in, by their paths
// below it: the library itself (""), its packages except tests, and lib-dynload. Empty when the
// library cannot be read.
[[nodiscard]] std::map<std::string, StandardDirectory> list_standard_library(
    const InterpreterFacts& interpreter);

}  // namespace pel
