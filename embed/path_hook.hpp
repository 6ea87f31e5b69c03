#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// Puts our hook first on sys.path_hooks, and our entry before PathFinder on sys.meta_path. False
// with an exception set on failure.
[[nodiscard]] bool install_finders(InterpreterState& state) noexcept;

// Moves our hook to the first place again, and puts the real interpreter into sys._base_executable
// (3.11+): not before, because a start that fails prints it. False with an exception set on
// failure.
[[nodiscard]] bool complete_finders(InterpreterState& state) noexcept;

// Whether PathFinder would hear from our hook first, and nobody has put one of his own between it
// and FileFinder's, which is asked before ours answers.
[[nodiscard]] bool is_hook_first(const InterpreterState& state) noexcept;

// Lets `path` stand for this environment's site-packages, however it is spelled: the finder
// answers for it from now on. False with an exception set on failure.
[[nodiscard]] bool claim_site_packages(InterpreterState& state, PyObject* path) noexcept;

// Puts the root of each tree, and the lock's own source paths, behind site-packages on sys.path, or
// at its end where that is not on it; each only if neither sys.path nor `known` (a set of str, or
// None) holds it yet. `known` gets all of them. False with an exception set on failure.
[[nodiscard]] bool put_roots_on_path(InterpreterState& state, PyObject* known) noexcept;

// Does the same if site-packages is on sys.path and it has not been done yet.
// For environments without a start file of ours: `site` calls nothing of ours when it reads the
// directory, but looks for sitecustomize when it has, and start files import something. What
// imports from a namespace package before is answered by the finder of site-packages. Silent on
// failure.
void insert_roots(InterpreterState& state) noexcept;

}  // namespace pel
