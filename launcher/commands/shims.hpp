#pragma once

#include <string>

#include "launcher/cli.hpp"
#include "launcher/settings.hpp"
#include "store/shims/shims.hpp"

// The subcommands of `shims`, and what they share.
namespace pel {

extern const Command shims_install_command;
extern const Command shims_upgrade_command;

// The absolute path of --dir, or of ~/.local/bin when it is empty. Throws Error(usage) when there
// is no HOME.
[[nodiscard]] std::string shim_directory(const std::string& option);

// Warns when `directory` is not on PATH.
void warn_unless_on_path(CommandContext& context, const std::string& directory);

}  // namespace pel
