#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// An iterator over the distributions that `context` (null: any, on sys.path) asks for, up to the
// last site-packages on its path, which it keeps without those entries
// (embed/metadata_question.hpp). They are of the types of `metadata`, importlib.metadata or a copy
// of it; null for the one whose finder stands on sys.meta_path. No directory is listed for those
// that are stored. New reference, or null with an exception set.
[[nodiscard]] PyObject* find_stored_distributions(PyObject* context, PyObject* metadata) noexcept;

}  // namespace pel
