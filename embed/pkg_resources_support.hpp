#pragma once

#include <string_view>

#include "embed/interpreter_state.hpp"

namespace pel {

// setuptools' pkg_resources finds distributions by the type of the finder that answers for an entry
// of sys.path, and knows only those of importlib. Whoever wants to be found has to register with
// it, which is possible only while it is being imported: its working set is made then.

// Whether a module of that full name speaks that protocol: the module itself, or a copy in another
// package.
[[nodiscard]] bool is_pkg_resources(std::string_view full_name) noexcept;

// The spec of such a module, as find_supported_module() finds it, whose loader, once it has
// executed the module, registers our finders there and has the working set made again. New
// reference; None when there is no such module; null with an exception set on failure.
[[nodiscard]] PyObject* find_pkg_resources(const InterpreterState& state, PyObject* full_name,
                                           PyObject* search_path) noexcept;

}  // namespace pel
