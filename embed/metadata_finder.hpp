#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// The type of our entry on sys.meta_path, which stands just before PathFinder: it finds no module
// but the one of the environment's .pth line, and answers importlib.metadata for all stored
// distributions without listing a directory. New reference, or null with an exception set.
[[nodiscard]] PyObject* make_metadata_finder_type() noexcept;

}  // namespace pel
