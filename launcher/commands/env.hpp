#pragma once

#include "launcher/cli.hpp"

namespace pel {

extern const Command env_explain_command;
extern const Command env_list_command;

}  // namespace pel
