#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pel {

struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // bytes; 0 when the text does not begin with a well-formed sequence
};

// The first character of a text that is UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing
// above U+10FFFF.
[[nodiscard]] Utf8Character utf8_character(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// False, and nothing is appended, for what is no character: surrogates, and above U+10FFFF.
[[nodiscard]] bool append_utf8(std::string& out, std::uint32_t code);

}  // namespace pel
