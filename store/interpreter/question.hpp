#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"

namespace pel {

// The Python program that an interpreter is asked with: prints one line of JSON. Runs under
// -I -S on everything from 3.6 on, so that an interpreter that is too old can still be named.
[[nodiscard]] std::string_view interpreter_question() noexcept;

struct InterpreterAnswer {
  // `executable` is what the interpreter calls itself; the two texts on libpython are empty.
  InterpreterFacts facts;
  std::string mapped_library;              // the libpython that it runs from, or empty
  std::vector<std::string> library_paths;  // where one could be, best first; need not exist
};

// Reads the last line of what the question printed; nothing if it is not such an answer.
[[nodiscard]] std::optional<InterpreterAnswer> parse_answer(std::string_view output);

}  // namespace pel
