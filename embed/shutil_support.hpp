#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// Files and directories of the store are read-only, and shutil copies modes with them: a program
// that copies its templates for the user (copy, copy2, copytree) would leave files that cannot be
// edited, in directories that nothing can be added to. Copies of what lies in the store, or is a
// link to it in the prefix, are made writable for their owner, as the copies of a virtual
// environment's files are.

// The spec of shutil, whose loader puts functions around copymode() and copystat() once it has
// executed the module. As find_supported_module().
[[nodiscard]] PyObject* find_shutil(const InterpreterState& state, PyObject* full_name,
                                    PyObject* search_path) noexcept;

}  // namespace pel
