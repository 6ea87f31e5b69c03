#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// A context's member: (the path that it was handed on with, the path that it came with or None).
// With that path it is for the standard finder alone.
inline constexpr const char* kAnsweredMember = "_pyenvlaunch_answered";

// What somebody asks importlib.metadata, or a copy of it, for: a name or all, on a search path on
// which this environment's site-packages stands once, several times, or not at all.
struct MetadataQuestion {
  PyRef metadata;  // the module whose types the answer is made of
  PyRef context;   // DistributionFinder.Context
  PyRef name;      // str, or None for all
  PyRef before;    // list: entries before site-packages; the standard finder answers for them
  PyRef sites;     // list: each entry that names site-packages; empty: not ours to answer
  PyRef rest;      // list: what follows, without the roots of stored trees

  // `given` is a context, None or null. `asked` is the module that asks, null for the one whose
  // finder stands on sys.meta_path. False with an exception set.
  [[nodiscard]] bool read(InterpreterState& state, PyObject* given, PyObject* asked) noexcept;

  // What the module's standard finder finds in the entries of `path`: a list, or empty with an
  // exception set.
  [[nodiscard]] PyRef standard_answer(PyObject* path) const noexcept;

  // The standard finder is asked next, with the same context: it is handed `rest` as its path.
  // Whoever asks once more with this context is answered as before.
  void answered() const noexcept;
};

}  // namespace pel
