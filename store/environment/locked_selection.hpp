#pragma once

#include <string>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"
#include "lock/selection.hpp"
#include "store/environment/environment.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {

// What a request comes to, before the store is asked.
struct LockedSelection {
  std::string key;          // of the selection record
  std::string text_digest;  // of the lock (lock_text_digest)
  Lock lock;
  InterpreterFacts interpreter;
  Selection selection;
};

// How the chosen interpreter is run follows from its facts: embedded if they name a shared library,
// hosted if they do not, or if the request says so, in which case the name is taken out.
//
// Reads the lock, finds the interpreter (--python, the lock's own wish, PYENVLAUNCH_PYTHON,
// .python-version, then any) and chooses the wheels. Throws Error.
[[nodiscard]] LockedSelection read_locked_selection(const EnvironmentRequest& request,
                                                    const CacheLayout& cache);

}  // namespace pel
