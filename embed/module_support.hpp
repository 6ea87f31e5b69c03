#pragma once

#include "embed/interpreter_state.hpp"

// A few modules, interfaces that programs are written against, have to be told of stored wheels,
// which is possible only as soon as they have been executed. Their loader does it then: an
// attribute exec_module of its own, on the ordinary loader of importlib, which keeps its type.
namespace pel {

// The spec that whoever stands behind our finder on sys.meta_path finds for the module, PathFinder
// as a rule; its loader has `exec_module`, a method with one argument, the module. New reference;
// None when there is no such module; null with an exception set on failure.
[[nodiscard]] PyObject* find_supported_module(const InterpreterState& state, PyObject* full_name,
                                              PyObject* search_path,
                                              PyMethodDef* exec_module) noexcept;

// To be called first in such an exec_module: takes it off the loader, and returns the loader's own.
// Null with an exception set on failure.
[[nodiscard]] PyRef original_exec_module(PyObject* loader) noexcept;

// The function "execute" that the Python source defines, of no module. It is called like a part of
// importlib, whose frames are left out of tracebacks, and skipped where a warning says who has
// imported a module. Null with an exception set on failure.
[[nodiscard]] PyRef compile_execute_function(const char* source) noexcept;

}  // namespace pel
