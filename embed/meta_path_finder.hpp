#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// The type of our entry on sys.meta_path, which stands just before PathFinder: it finds the module
// of the environment's .pth line, the few that are told of stored wheels when they are imported
// (embed/module_support.hpp), and others where PathFinder is sure to find the same
// (embed/module_lookup.hpp); and it answers importlib.metadata for all stored distributions without
// listing a directory. New reference, or null with an exception set.
[[nodiscard]] PyObject* make_meta_path_finder_type() noexcept;

}  // namespace pel
