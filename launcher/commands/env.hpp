#pragma once

#include "launcher/cli.hpp"

namespace pel {

extern const Command env_explain_command;

}  // namespace pel
