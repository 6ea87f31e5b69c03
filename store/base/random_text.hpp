#pragma once

#include <string>

namespace pel {

// Sixty-four random bits in hexadecimal, for names that no other process has, whatever its number:
// processes of two containers may have the same one. Throws Error(io).
[[nodiscard]] std::string random_text();

}  // namespace pel
