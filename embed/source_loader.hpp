#pragma once

#include <cstddef>
#include <span>

#include "embed/interpreter_state.hpp"

// What our loaders have in common: subclasses of importlib's SourceFileLoader that get the code of
// a module in another way. All need the GIL.
namespace pel {

// A subclass of SourceFileLoader with this get_code(), whose exec_module() relaxes garbage
// collection. By name and module it is SourceFileLoader itself. `get_code` must live until the
// process ends. New reference, or null with an exception set.
[[nodiscard]] PyObject* make_source_loader_type(PyObject* source_file_loader,
                                                PyMethodDef& get_code) noexcept;

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
