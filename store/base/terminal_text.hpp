#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text of others on a terminal, which takes some characters for orders.
namespace pel {

// The length of a character at the start of `text` that a terminal would obey instead of showing:
// C0, DEL, C1 (U+0080 to U+009F), marks and overrides of direction (U+200E, U+200F, U+202A to
// U+202E, U+2066 to U+2069), line and paragraph separator. 0 if it is harmless, or `text` is empty.
[[nodiscard]] std::size_t control_length(std::string_view text) noexcept;

// Appends `bytes` as "\x1b\x5b".
void append_hex_escapes(std::string& out, std::string_view bytes);

// A message as it is written: every such character escaped, wherever in it a name of others stands,
// but for line breaks and tabs. Bytes that are not UTF-8 stay: a path may have them.
[[nodiscard]] std::string terminal_text(std::string_view message);

}  // namespace pel
