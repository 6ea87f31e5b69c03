#pragma once

#include "launcher/cli.hpp"

// Every command, one file each in this folder; groups hold those of their subcommands.
namespace pel {

extern const Command cache_key_command;
extern const Command compile_settings_command;
extern const Command adopt_command;
extern const Command complete_words_command;
extern const Command completion_command;
extern const Command complete_bytecode_command;
extern const Command doctor_command;
extern const Command env_command;
extern const Command exec_command;
extern const Command export_command;
extern const Command lock_command;
extern const Command python_command;
extern const Command restore_command;
extern const Command run_command;
extern const Command shell_command;
extern const Command shims_command;
extern const Command store_command;
extern const Command sync_command;
extern const Command venv_command;
extern const Command edit_command;

}  // namespace pel
