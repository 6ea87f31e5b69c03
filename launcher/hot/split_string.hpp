#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// The value of a variable; nothing when it is not set.
using VariableLookup = std::function<std::optional<std::string>(const std::string& name)>;

// Splits a text into words as `env -S` does (GNU coreutils, "env invocation"): words are separated
// by white space; single and double quotes; the escapes \" \# \$ \' \\ \_ \c \f \n \r \t \v;
// ${NAME}, but not between single quotes; '#' at the start of a word ends the text.
//
// Throws Error(usage) "cannot split '<text>': ..." for what `env -S` refuses.
[[nodiscard]] std::vector<std::string> split_string(std::string_view text,
                                                    const VariableLookup& lookup);

// With the variables of this process.
[[nodiscard]] std::vector<std::string> split_string(std::string_view text);

}  // namespace pel
