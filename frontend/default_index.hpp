#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/tool_settings.hpp"

namespace pel {

// The index that uv, or pip of the interpreter `python`, says in its help that it asks where
// nothing else is set (a process, which makes no connection). Empty when neither is there.
[[nodiscard]] std::string built_in_index(const std::string& python);

// The indexes to ask, the main one first: `given`, else those that uv and pip are set up with
// (places_of_tools()), else built_in_index(). Behind them `extra`. Empty when `offline`.
[[nodiscard]] std::vector<std::string> indexes_to_ask(const std::string& given,
                                                      const std::vector<std::string>& extra,
                                                      const ToolPlaces& tools, bool offline,
                                                      const std::string& python);

// The address behind "default" in a tool's help: "(default https://h/simple)", "(by default:
// <https://h/simple>)". Nothing when there is none.
[[nodiscard]] std::optional<std::string> index_of_help(std::string_view help);

}  // namespace pel
