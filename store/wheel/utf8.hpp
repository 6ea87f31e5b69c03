#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pel {

// The length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none: no
// surrogates, no overlong forms, nothing above U+10FFFF.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// C0, DEL and C1: what a terminal may act upon. Bytes that are not UTF-8 are not asked about.
[[nodiscard]] bool has_control_character(std::string_view text) noexcept;

// Foreign text for a message: in quotes, with what a terminal would obey and bytes that are not
// UTF-8 as \xNN, and cut in the middle when it is longer than a path may be.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace pel
