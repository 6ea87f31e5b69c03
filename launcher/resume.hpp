#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launcher/environment_options.hpp"

namespace pel {

// A command line of `run` or `exec` in the plainest form, which the hot path is sure to understand:
// what only making the environment needed is left out.
[[nodiscard]] std::vector<std::string> plain_arguments(const EnvironmentOptions& environment,
                                                       bool verbose,
                                                       const std::vector<std::string>& operands);

// Becomes the hot path with these arguments behind `command`. PYENVLAUNCH_RESUMED names this
// process, so that the two programs cannot execute each other for ever. Throws Error.
[[noreturn]] void execute_hot_path(std::string_view command, std::vector<std::string> args);

}  // namespace pel
