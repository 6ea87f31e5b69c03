#pragma once

#include <optional>
#include <string>
#include <string_view>

// Where the lock of a script is. The hot path and the manager agree by using this code.
namespace pel {

struct Script {
  std::string path;            // absolute, as it was named
  std::string directory;       // of the file itself, links resolved: where `lock = "..."` starts
  std::string block;           // content of its PEP 723 block, or empty
  std::size_t first_line = 0;  // of that, in the script
};

// Reads the script. Throws what read_script_text() and find_script_block() throw.
[[nodiscard]] Script read_script(const std::string& file);

// The lock beside the script: its whole name and ".lock". Of a symbolic link, beside the link, or
// else beside what it points at, one link after the other. Absolute. Nothing when there is none.
[[nodiscard]] std::optional<std::string> lock_beside(const std::string& script);

// "cannot run script S: ...": for one without a lock.
[[noreturn]] void throw_no_lock(const Script& script);

// The name, below CACHE/v1/scripts, of the answer to "which lock does this block name?". That
// depends on the block and on its directory, on nothing else.
[[nodiscard]] std::string script_answer_key(const Script& script);

// The text of an answer, and what it says: an absolute path, or that the block names none (empty).
// Nothing when the text is no answer.
[[nodiscard]] std::string write_script_answer(std::string_view lock_path);
[[nodiscard]] std::optional<std::string> read_script_answer(std::string_view text);

}  // namespace pel
