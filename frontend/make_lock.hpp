#pragma once

#include <string>
#include <vector>

#include "frontend/front_end.hpp"
#include "frontend/lock_maker.hpp"

namespace pel {

enum class LockMode {
  keep,     // the versions of the lock that is there stay where they can
  upgrade,  // everything is to be the newest
  check,    // as keep, but nothing is written, and a difference is an error
};

struct LockRequest {
  ResolveRequest resolve;  // without `python`, `preferences` and `folders`
  std::string from;        // another tool's lock instead of requirements, or empty
  std::string output;      // absolute path of the lock
  std::string resolver;    // "uv", "pip", or empty: what there is
  LockMode mode = LockMode::keep;
  bool quiet = false;  // does not tell which front end works

  std::string python_spec;     // --python
  std::string default_python;  // the same where nobody asks, PYENVLAUNCH_PYTHON; or empty
  std::string default_python_source = "PYENVLAUNCH_PYTHON";  // or the line of the settings file
  std::string interpreters_cache;                            // folder of the facts
};

struct LockResult {
  LockChanges changes;
  std::size_t packages = 0;
  bool created = false;  // there was no such file before
  bool written = false;
};

// Makes or updates a lock. `resolve.tell` is told which front end works.
//
// Throws Error(incompatible) in mode `check` when the lock would change; what resolve() and
// parse_lock() throw otherwise. The file is as it was then.
[[nodiscard]] LockResult make_lock(LockRequest request);

// The end of every way to a lock: compares with what is at `path`, whose [tool.pyenvlaunch] stays,
// checks, and writes unless nothing has changed.
[[nodiscard]] LockResult finish_lock(LockDraft draft, const std::string& path, LockMode mode,
                                     const std::atomic<bool>* cancelled);

}  // namespace pel
