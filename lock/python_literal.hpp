#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// The value of what stands between the quotes of a Python string literal, as UTF-8. Nothing if it
// is none: an unfinished escape, a line break, a NUL, a code point that UTF-8 does not have, or an
// escape by Unicode name (\N{...}), which no marker needs.
[[nodiscard]] std::optional<std::string> unescape_python_string(std::string_view body);

// `text` as a Python string literal with its quotes. A quote of the same kind inside it is written
// as an escape, so that the literal ends where the next such quote stands.
[[nodiscard]] std::string python_string_literal(std::string_view text);

}  // namespace pel
