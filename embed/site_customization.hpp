#pragma once

#include <string_view>

#include "embed/interpreter_state.hpp"

namespace pel {

// What `site` imports when it has read all directories.
inline constexpr std::string_view kSiteCustomization = "sitecustomize";

// Does what is due when all directories have been read (the roots of wheels on sys.path, and
// embed/user_base.hpp), and answers for that module: None, so that others look for it; or
// ModuleNotFoundError at once where `site` asks and nobody can have it, which spares nearly every
// start a search along all roots in Python code. `self` is our entry on sys.meta_path, `name` the
// module's. New reference, or null with an exception set.
[[nodiscard]] PyObject* find_site_customization(InterpreterState& state, PyObject* self,
                                                PyObject* name) noexcept;

}  // namespace pel
