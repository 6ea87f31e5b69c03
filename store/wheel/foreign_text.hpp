#pragma once

#include <string>
#include <string_view>

namespace pel {

// C0, DEL and C1: what a terminal may act upon. Bytes that are not UTF-8 are not asked about.
[[nodiscard]] bool has_control_character(std::string_view text) noexcept;

// Foreign text for a message: in quotes, with what a terminal would obey and bytes that are not
// UTF-8 as \xNN, and cut in the middle when it is longer than a path may be.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace pel
