#pragma once

#include <string>
#include <string_view>
#include <vector>

// The name of a selection record: a digest of all that the answer depends on. The hot path and the
// manager compute it with this code and nothing else, so that the one finds what the other wrote.
namespace pel {

struct SelectionQuestion {
  std::string_view lock_text;       // whole content of the lock
  std::string_view lock_path;       // as absolute_path() gives it
  std::vector<std::string> extras;  // any order, repetitions do not matter
  std::vector<std::string> groups;
  bool default_groups = true;
  std::string_view python_spec;               // --python, or empty
  std::string_view env_python;                // PYENVLAUNCH_PYTHON, or empty
  std::string_view configured_python{};       // `python` of the settings without it, or empty
  std::string_view mode;                      // PYENVLAUNCH_MODE, or empty
  std::string_view path_variable;             // PATH
  std::string_view python_version_file_text;  // as read_python_version_file() gives it
  std::string_view script_block{};            // of the script that is run: PEP 723; or empty
};

// 32 lower-case hexadecimal digits. What cannot change the answer is left out: with --python
// naming a file, the variables and .python-version play no part.
[[nodiscard]] std::string selection_key(const SelectionQuestion& question);

// The text of the nearest `.python-version` in the lock's folder or one above it; empty when there
// is none. At most 4 KiB of it are read. Never throws on a file that cannot be read.
[[nodiscard]] std::string read_python_version_file(std::string_view lock_path);

// `path`, taken from the current directory when it is relative, without "//", "/./" and a leading
// "./". Components ".." stay, because only the kernel knows what they mean behind a symlink.
// Throws Error when the current directory is gone.
[[nodiscard]] std::string absolute_path(std::string_view path);

}  // namespace pel
