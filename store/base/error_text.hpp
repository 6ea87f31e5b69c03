#pragma once

#include <string>

#include "store/base/error.hpp"

namespace pel {

// How people see an Error, the same from every program of ours:
//
//   pyenvlaunch: error: <message>
//     while <frame>
//     hint: <hint>
[[nodiscard]] std::string render_error(const Error& error);

// Writes that to standard error, as far as it goes.
void write_error(const Error& error) noexcept;

}  // namespace pel
