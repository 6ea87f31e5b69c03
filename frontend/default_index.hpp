#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// What the first of UV_DEFAULT_INDEX, UV_INDEX_URL and PIP_INDEX_URL says that is set; or empty.
[[nodiscard]] std::string index_of_variables();

// The index that uv, or pip of the interpreter `python`, says in its help that it asks where
// nothing else is set (a process, which makes no connection). Empty when neither is there.
[[nodiscard]] std::string built_in_index(const std::string& python);

// The package index to ask: `given`, or when that is empty the one of uv's or pip's variables, else
// built_in_index(). Empty when `offline`, and when there is none.
[[nodiscard]] std::string index_url_or_default(const std::string& given, bool offline,
                                               const std::string& python);

// The address behind "default" in a tool's help: "(default https://h/simple)", "(by default:
// <https://h/simple>)". Nothing when there is none.
[[nodiscard]] std::optional<std::string> index_of_help(std::string_view help);

}  // namespace pel
