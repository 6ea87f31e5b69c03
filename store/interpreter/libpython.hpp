#pragma once

#include <optional>
#include <string>

#include "store/interpreter/question.hpp"

namespace pel {

// Why a shared library is not the one of the interpreter with these facts; nothing if it is.
//
// Opens it in a child process, because a library that was once opened stays: its Py_GetVersion()
// must be the interpreter's sys.version to the letter (which holds date and time of the build),
// and its extension modules' suffix the interpreter's SOABI.
[[nodiscard]] std::optional<std::string> library_mismatch(const std::string& library,
                                                          const InterpreterFacts& facts);

// Sets `libpython` and `libpython_reason` of the answer's facts. The library that the interpreter
// itself runs from needs no check.
void choose_library(InterpreterAnswer& answer);

}  // namespace pel
