#pragma once

#include <optional>
#include <string>

#include "launcher/hot/pyvenv_config.hpp"

namespace pel {

// How this program was executed: as the Python of an environment, or as the command.
struct ExecutedAs {
  std::string path;            // absolute, of the file beside whose folder the pyvenv.cfg was found
  std::string prefix;          // the folder of that pyvenv.cfg
  PyvenvConfig config;         // empty when the file is gone, and only the table is there
  std::string path_file_link;  // the link that has a "._pth" file beside it, or empty
};

// Looks, in this order, at argv[0] if it holds a slash and is this program, at the path that the
// kernel was given (AT_EXECFN) if it is, and at /proc/self/exe; from each, symbolic links are
// followed one step at a time until a pyvenv.cfg is in the file's folder or the one above. Never
// at variables. A link with a "._pth" file beside it asks for that file's sys.path instead of an
// environment (CPython 3.11+, whatever the link points at). Nothing when this is the command: no
// pyvenv.cfg, or a file called pyenvlaunch.
[[nodiscard]] std::optional<ExecutedAs> executed_as(const char* argv0);

// Whether `path` is the program that runs.
[[nodiscard]] bool is_this_program(const char* path);

// The absolute path of the program file itself, links resolved. Throws Error(io).
[[nodiscard]] std::string program_file();

}  // namespace pel
