#pragma once

#include <string_view>

#include "embed/interpreter_state.hpp"

namespace pel {

// importlib.metadata asks our finder before its own. Programs that list packages also ask the
// latter by name (MetadataPathFinder, PathFinder.find_distributions), often with the path of
// site-packages: it would list that directory, in which stored distributions are not, or only as
// stand-ins.

// Whether this is importlib.metadata or its backport, wherever somebody has that among their own
// packages.
[[nodiscard]] bool is_metadata(std::string_view full_name) noexcept;

// The spec of that module, whose loader puts a function around find_distributions() of its
// MetadataPathFinder once it has executed the module. As find_supported_module().
[[nodiscard]] PyObject* find_metadata(const InterpreterState& state, PyObject* full_name,
                                      PyObject* search_path) noexcept;

}  // namespace pel
