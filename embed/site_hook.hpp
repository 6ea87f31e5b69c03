#pragma once

#include "embed/py_ref.hpp"

namespace pel {

// Makes CPython's own `import site` come to us first, and "_pyenvlaunch" a built-in module for the
// .pth line of the environment. Call once, before Python starts. False if the library refused.
//
// How it works: the table of built-in modules gets one entry more, whose name says "site" only
// while an interpreter starts up with `site` enabled. Before (when sys.builtin_module_names is
// made) and after (when programs look for `site`) the entry has no name, so that reload(site),
// `-S -m site` and everything else see what they would see in a virtual environment. What tells
// us the right moment is `posix`, a built-in module that every start imports early: its
// initialiser is wrapped.
[[nodiscard]] bool arm_site_hook() noexcept;

}  // namespace pel
