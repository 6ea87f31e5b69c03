#pragma once

#include "embed/interpreter_state.hpp"

// What PathFinder would find, without running its Python code: along a search path, the entries
// whose finders are known are asked directly.
//
// It answers only what PathFinder would answer as well, and leaves the question to it otherwise:
// where an entry has a finder of somebody else's, where a directory has changed or holds something
// of that name, where nothing is found or only part of a namespace package, under `-v`, when
// somebody follows or has replaced importlib's functions, when PathFinder is not the next to be
// asked. Two differences in what it asks the system: the working directory is looked at as "." as
// long as it is the same directory, and a directory of the standard library once
// (embed/standard_library.hpp).
namespace pel {

// Looks up what lookups compare with. False with an exception set on failure.
[[nodiscard]] bool prepare_lookup(InterpreterState& state) noexcept;

// Whether somebody has replaced FileFinder.find_spec, who expects to be asked for every module.
[[nodiscard]] bool has_other_file_finder(const InterpreterState& state) noexcept;

// A spec (new reference) for `full_name` along `path` (a list, or None for sys.path), asked through
// `finder` on sys.meta_path; None when PathFinder has to be asked; null with an exception set.
[[nodiscard]] PyObject* look_up(InterpreterState& state, PyObject* finder, PyObject* full_name,
                                PyObject* path) noexcept;

// Whether no entry of sys.path has a top-level module of this name, and nobody is asked behind
// PathFinder: importing it would fail. False in every doubt.
[[nodiscard]] bool is_nowhere(InterpreterState& state, PyObject* finder, PyObject* name) noexcept;

}  // namespace pel
