#pragma once

#include "embed/py_ref.hpp"

namespace pel {

// Garbage is collected less often while a module of a stored tree is being executed: most of what
// an import allocates stays, and each collection walks over all of it again.
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
  int depth;                 // of executions, over all threads
};

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
