#pragma once

#include <string>

#include "store/base/error.hpp"

namespace pel {

// How people see an Error, the same from every program of ours:
//
//   pyenvlaunch: error: <message>
//     while <frame>
//     hint: <hint>
//
// What is in it for a terminal to obey is escaped (terminal_text.hpp).
[[nodiscard]] std::string render_error(const Error& error);

// Writes that to standard error, as far as it goes.
void write_error(const Error& error) noexcept;

}  // namespace pel
