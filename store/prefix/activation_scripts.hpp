#pragma once

#include <string>
#include <string_view>

#include "store/prefix/prefix_plan.hpp"

namespace pel {

// Adds to bin/ what people source to work in an environment directory: activate (bash, zsh, dash),
// activate.fish, activate.csh, Activate.ps1. `directory` is its absolute path; `prompt` is shown
// in parentheses. They set VIRTUAL_ENV, VIRTUAL_ENV_PROMPT and PATH, take PYTHONHOME away, and
// define `deactivate`, as those of Python's `venv` do.
void add_activation_scripts(PrefixPlan& plan, std::string_view directory, std::string_view prompt);

}  // namespace pel
