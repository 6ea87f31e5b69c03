#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// importlib's own finder for a directory, with these loaders, (type, suffixes) each.
[[nodiscard]] PyRef make_file_finder(const InterpreterState& state, PyObject* path,
                                     PyObject* loaders) noexcept;

// The same with the loaders that importlib gives it.
[[nodiscard]] inline PyRef make_file_finder(const InterpreterState& state,
                                            PyObject* path) noexcept {
  return make_file_finder(state, path, state.supported_loaders);
}

// The protocol of a path-entry finder around one function that finds. What is here is the same for
// both kinds of finder: arguments, and the methods of Python before 3.12 that old programs call on
// what pkgutil.iter_modules() gives them.
struct FinderArguments {
  PyObject* full_name = nullptr;  // borrowed, a str
  PyObject* target = Py_None;     // borrowed
};

// Parses (fullname, target=None). False with TypeError set.
[[nodiscard]] bool parse_find_spec(PyObject* args, PyObject* keywords,
                                   FinderArguments& out) noexcept;

// What FileFinder answers of this directory of a stored wheel, with our loaders: where its method
// has been replaced, or where our own knowledge of the directory is damaged.
[[nodiscard]] PyObject* answer_of_files(const InterpreterState& state, PyObject* path,
                                        const FinderArguments& arguments) noexcept;

// __reduce__(): what is copied or unpickled is the finder that answers for that path there.
// `finder` has an attribute `path`.
[[nodiscard]] PyObject* reduce_finder(PyObject* finder, PyObject* unused) noexcept;

// What stands for __new__ in a type of which only we make objects. TypeError.
[[nodiscard]] PyObject* refuse_new(PyTypeObject* type, PyObject* args, PyObject* keywords) noexcept;

// find_loader(fullname) -> (loader or None, portions), of an object with find_spec().
[[nodiscard]] PyObject* find_loader(PyObject* finder, PyObject* full_name) noexcept;

// find_module(fullname) -> loader or None.
[[nodiscard]] PyObject* find_module_loader(PyObject* finder, PyObject* full_name) noexcept;

}  // namespace pel
