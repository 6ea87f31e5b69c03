#pragma once

#include <cstddef>
#include <span>

#include "embed/interpreter_state.hpp"

// What our loaders have in common: subclasses of importlib's SourceFileLoader that get the code of
// a module in another way. All need the GIL.
namespace pel {

// A subclass of SourceFileLoader with this get_code(). By name and module it is SourceFileLoader
// itself, and that is what `__class__` of a loader says, so that two of one module are equal;
// copies and pickles are of that type. `get_code` must live until the process ends, take positional
// and keyword arguments, and read them by read_arguments(). New reference, or null with an
// exception set.
[[nodiscard]] PyObject* make_source_loader_type(PyObject* source_file_loader,
                                                PyMethodDef& get_code) noexcept;

// What get_code() is called with. It is bound as a function of Python is, so nobody needs the
// object's type, which it may change, once it has been called (profilers do, to say of which object
// a method of C is). Borrowed.
struct CodeQuestion {
  PyObject* self = nullptr;
  PyObject* full_name = nullptr;
};

// False with an exception set if they are no arguments of get_code().
[[nodiscard]] bool read_arguments(PyObject* args, PyObject* keywords,
                                  CodeQuestion& question) noexcept;

// Gives the type a method, which must live until the process ends. False with an exception set on
// failure.
[[nodiscard]] bool add_method(PyObject* type, PyMethodDef& method) noexcept;

// Fills `methods`. False with an exception set on failure.
[[nodiscard]] bool read_loader_methods(PyObject* source_file_loader,
                                       LoaderMethods& methods) noexcept;

// Assigns the type that the object is of. False with an exception set on failure.
[[nodiscard]] bool set_real_class(PyObject* self, PyObject* type) noexcept;

// Whether a loader of ours gets its code in the way that importlib's own would: false if it is of a
// type that somebody has derived, or if he has replaced a method, of it or of SourceFileLoader.
// Then usual_get_code() has to do it.
[[nodiscard]] bool is_usual_loader(const InterpreterState& state, PyObject* self) noexcept;

// A method of SourceFileLoader, as it is now. Empty with an exception set on failure.
[[nodiscard]] PyRef usual_method(const char* name) noexcept;

// SourceFileLoader.get_code(self, full_name). New reference, or null with an exception set.
[[nodiscard]] PyObject* usual_get_code(PyObject* self, PyObject* full_name) noexcept;

// Whether the user has chosen a cache directory (PYTHONPYCACHEPREFIX, sys.pycache_prefix).
[[nodiscard]] bool has_cache_prefix() noexcept;

// Whether somebody follows what importlib does: `-v`, a trace or profile function.
[[nodiscard]] bool is_watched() noexcept;

// The code object in marshalled bytes that are known to be intact, which names `path` as its file.
// New reference, or null with an exception set.
[[nodiscard]] PyObject* unmarshal(const InterpreterState& state, std::span<const std::byte> bytes,
                                  PyObject* path) noexcept;

}  // namespace pel
