#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/format/table_view.hpp"

namespace pel {

// What `run` was asked to run, resolved.
struct Target {
  enum class Kind {
    python,   // in this process, with `arguments` as Python's command line
    program,  // by execv of `arguments[0]`
  };

  Kind kind = Kind::python;
  std::vector<std::string> arguments;
  std::string process_name = "python";  // of kind python: what the kernel would call it in a venv
};

// DESIGN: `python`, `pythonX[.Y]` or an option of Python; a script of the environment; a `.py` file
// or a path ("." and ".." are some); at last a program on PATH, whose first entry is the
// environment's bin/ already. Throws Error(not_found) for what is none of these, with the script as
// its hint whose name is near.
[[nodiscard]] Target resolve_target(const TableView& table, const std::string& prefix,
                                    std::span<char* const> command);

// The absolute path of a program, found along PATH when it holds no slash. Throws
// Error(not_found), with the nearest of the scripts of `table` as its hint, or Error(io) for one
// that is no executable file.
[[nodiscard]] std::string find_program(const TableView& table, const std::string& name);

}  // namespace pel
