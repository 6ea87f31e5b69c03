#pragma once

#include <cstdint>

#include "embed/interpreter_state.hpp"

namespace pel {

// The type of the path-entry finders of directories inside stored trees. New reference to a type
// object of this interpreter, or null with an exception set.
[[nodiscard]] PyObject* make_tree_finder_type() noexcept;

// A finder for `path` if that is a directory of a tree of this environment; None if it is not, so
// that the ordinary FileFinder gets its turn; null with an exception set on failure.
[[nodiscard]] PyObject* find_tree_finder(InterpreterState& state, PyObject* path) noexcept;

// The path of what a tree has for site-packages, which stands on sys.path for it. `tree` is one of
// the table's. Empty with an exception set on failure.
[[nodiscard]] PyRef tree_root(std::uint32_t tree) noexcept;

// What it finds: a new reference to a spec, or to None; null with an exception set on failure.
[[nodiscard]] PyObject* ask_tree_finder(PyObject* tree_finder, PyObject* full_name) noexcept;

}  // namespace pel
