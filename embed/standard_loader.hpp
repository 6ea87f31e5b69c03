#pragma once

#include "embed/interpreter_state.hpp"

// Modules of the standard library are found by importlib's own FileFinder, in the order and with
// the checks that it has. Only the loader of their sources is ours: it reads the .pyc that
// importlib would read, under the same conditions (PEP 3147, PEP 552), in five system calls instead
// of eleven, and without running Python code for it. Whatever is not as usual is left to importlib:
// no .pyc or one of another magic, time or size, one that is checked by a hash, a cache directory
// of the user's choice, `-v`, a trace or profile function.
//
// A loader is of our type from find_spec() until it is asked for the code, which it is before the
// module is executed; from then on it is of importlib's own.
namespace pel {

// The subclass of SourceFileLoader. New reference, or null with an exception set.
[[nodiscard]] PyObject* make_standard_loader_type(PyObject* source_file_loader) noexcept;

// A list that is pickled, and copied deeply, as one of importlib's own loaders: the type itself of
// ours has the name of SourceFileLoader, but cannot be found by it. New reference, or null with an
// exception set.
[[nodiscard]] PyObject* make_loader_list_type() noexcept;

// Gives the finders of the standard library's directories that there are already this loader.
// False with an exception set on failure.
[[nodiscard]] bool adopt_standard_finders(InterpreterState& state) noexcept;

// A finder for `path` if that is a directory below the standard library's, which is remembered;
// None if it is not, or is one of packages; null with an exception set on failure.
[[nodiscard]] PyObject* find_standard_finder(const InterpreterState& state,
                                             PyObject* path) noexcept;

}  // namespace pel
