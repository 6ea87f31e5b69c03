#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// `_pyenvlaunch`: the module that the one .pth line of an environment imports. It exists only for
// that line: our entry on sys.meta_path finds it, and it leaves sys.modules when it has done its
// work. It holds site_packages(sitedir, variables), which lets `sitedir` stand for the
// environment and puts the roots of the trees behind it on sys.path.
inline constexpr const char* kStartModule = "_pyenvlaunch";

// New reference to its spec, or null with an exception set.
[[nodiscard]] PyObject* make_start_module_spec(const InterpreterState& state) noexcept;

}  // namespace pel
