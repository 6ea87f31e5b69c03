#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The comment block of inline script metadata (PEP 723; "Inline script metadata" of the packaging
// specifications), as far as it can be read without TOML: the hot path and the manager both look
// for it with this code.
namespace pel {

struct ScriptBlock {
  std::string content;         // TOML: the lines without their "# "; each ends in "\n"
  std::size_t first_line = 0;  // of the content, in the script, counted from 1
};

// The block of type `script` in a script's source. What the specification's regular expression
// finds, it finds: a block ends at the last "# ///" of its run of comment lines, and one that has
// no end, or no content, is none. As for Python, a byte order mark is no part of the text, and
// lines end in LF, CRLF or CR.
//
// Throws Error(corrupt) "cannot read script <path>: line <n>: ..." when there are several.
[[nodiscard]] std::optional<ScriptBlock> find_script_block(std::string_view source,
                                                           std::string_view path);

// Whether the TOML may hold a table of ours. No false "no".
[[nodiscard]] bool may_mention_us(std::string_view content) noexcept;

// Reads a script's text. Throws Error: not_found when there is none, io when it cannot be read or
// is no regular file.
[[nodiscard]] std::string read_script_text(const std::string& path);

}  // namespace pel
