// pyenvlaunch-manager compile-settings: what the hot path asks for when the files of settings have
// changed. Not for people.

#include <cstdlib>
#include <span>
#include <string_view>

#include "launcher/cli.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/config_file.hpp"

namespace pel {
namespace {

int run(CommandContext&, std::span<const std::string_view>) {
  write_compiled_config();
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command compile_settings_command{
    .name = "compile-settings",
    .summary = "",
    .usage = "",
    .run = run,
};

}  // namespace pel
