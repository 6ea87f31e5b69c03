#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/format/index_builder.hpp"

namespace pel {

// Reads entry_points.txt as importlib.metadata does: sections in brackets, "name = value" lines,
// comments that begin with '#' or ';', white space without meaning. In order, duplicates included.
//
// Throws Error(corrupt) "line N: …" for what is not UTF-8, a line that is none of these, an entry
// before the first section; and, in the groups that become programs (console_scripts,
// gui_scripts), a name that is no file name or is reserved, or a value that is no
// "module:object".
[[nodiscard]] std::vector<EntryPoint> parse_entry_points(std::string_view text);

// "package.module:object.attribute [extra]". For programs all but the extras is needed.
[[nodiscard]] bool is_program_target(std::string_view value) noexcept;

}  // namespace pel
