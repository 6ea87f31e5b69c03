#pragma once

namespace pel {

// The file in an environment's directory that says how to make it again (docs/formats.md,
// "Recipes"). Lines "key = value" as in pyvenv.cfg, whose keys pyenvlaunch, pyenvlaunch-store and
// pyenvlaunch-launcher it has as well: whoever finds that file damaged reads this one.
inline constexpr const char* kRecipeFile = "pyenvlaunch.recipe";

}  // namespace pel
