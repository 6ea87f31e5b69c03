#pragma once

#include <string>
#include <string_view>

#include "store/prefix/entry_point.hpp"

namespace pel {

// The first line or lines of a Python script that `python`, an absolute path, shall run, line end
// included: "#!<python>", or the form that /bin/sh and Python both read where the kernel would not
// take that (more than 127 bytes, or white space). Throws Error(io) for a path that fits neither.
[[nodiscard]] std::string script_head(std::string_view python);

// The whole text of a console script, as other installers write it.
[[nodiscard]] std::string console_script(std::string_view python, const ObjectReference& target);

// A script of a wheel's `.data/scripts` whose first line starts with "#!python": that line is
// replaced by script_head(), its arguments are dropped, the rest stays byte for byte.
[[nodiscard]] std::string rewritten_script(std::string_view python, std::string_view text);

}  // namespace pel
