#pragma once

#include "embed/py_ref.hpp"

namespace pel {

// Garbage is collected less often while the source of a module is being executed: most of what an
// import allocates stays, and each collection walks over all of it again.
//
// importlib's loaders call `exec` for it. The one that they find is ours, in their module's own
// dictionary: it does what the built-in function does, in the same way, and calls that one if
// somebody has replaced it. So no method of a loader is another than before, no frame is added, and
// an import takes no more of the recursion limit.
//
// What a program can ask and set stays as it is. gc.get_threshold() gives the program's own
// numbers, gc.set_threshold() holds at once and ends the relaxation until all imports under way are
// done; gc.disable(), gc.freeze() and gc.collect() do what they always do. A module that never
// returns is still collected: the youngest generation at every 50,000 objects, all of them at every
// 600,000.
//
// PYENVLAUNCH_RELAX_GC=0 turns it off. It is off, too, in free-threaded interpreters, and where the
// functions of `gc` are not as expected.

// The thresholds of one interpreter, and how many modules are being executed. Zero-initialised.
// Needs the GIL.
struct CollectionState {
  PyObject* own_thresholds;  // the program's, while others are in force; else null
  PyObject* usual_execute;   // builtins.exec
  PyObject* execute_name;    // "exec", interned
  PyObject* builtins_name;   // "__builtins__"
  int depth;                 // of executions, over all threads
};

// Puts our `exec` into `external`, importlib._bootstrap_external. False with an exception set on
// failure.
[[nodiscard]] bool relax_imports(CollectionState& state, PyObject* external) noexcept;

// While it lives, a module is being executed. Keeps a Python exception that is set.
class RelaxedCollection {
 public:
  explicit RelaxedCollection(CollectionState& state) noexcept;
  ~RelaxedCollection();
  RelaxedCollection(const RelaxedCollection&) = delete;
  RelaxedCollection& operator=(const RelaxedCollection&) = delete;

 private:
  CollectionState& state_;
};

}  // namespace pel
