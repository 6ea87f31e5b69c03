#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// The type of our entry on sys.meta_path, which stands just before PathFinder: it finds the module
// of the environment's .pth line, the few that are told of stored wheels when they are imported
// (embed/module_support.hpp), and others where PathFinder is sure to find the same
// (embed/module_lookup.hpp); and it answers importlib.metadata for all stored distributions without
// listing a directory. New reference, or null with an exception set.
[[nodiscard]] PyObject* make_metadata_finder_type() noexcept;

// An iterator over the distributions that `context` (null: any, on sys.path) asks for, up to the
// last site-packages on its path, which it keeps without those entries
// (embed/metadata_question.hpp). They are of the types of `metadata`, importlib.metadata or a copy
// of it; null for the one whose finder stands on sys.meta_path. New reference, or null with an
// exception set.
[[nodiscard]] PyObject* find_stored_distributions(PyObject* context, PyObject* metadata) noexcept;

}  // namespace pel
