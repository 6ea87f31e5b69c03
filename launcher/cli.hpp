#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/console.hpp"
#include "launcher/options.hpp"
#include "launcher/settings.hpp"

namespace pel {

// What every command is given.
struct CommandContext {
  Console& console;
  const Settings& settings;
  // Where a command that is run puts its options instead of doing anything, for completion.
  std::vector<OptionRow>* wanted_options = nullptr;
  bool verbose = false;  // --verbose stood before the command
};

struct Command {
  std::string_view name;     // "sync", "store add"
  std::string_view summary;  // one line of "pyenvlaunch help"
  std::string_view usage;    // what follows the name: "[OPTION]... LOCK..."
  int (*run)(CommandContext& context, std::span<const std::string_view> args) = nullptr;
  std::span<const Command* const> children{};  // a group has these and no `run`
};

// Finds the command that the first words of `args` name and runs it. Returns the exit status;
// throws Error.
[[nodiscard]] int dispatch(CommandContext& context, std::span<const std::string_view> args);

// The commands that help shows, in its order.
[[nodiscard]] std::span<const Command* const> all_commands() noexcept;

// The last word of a command's name: "add" of "store add".
[[nodiscard]] std::string_view last_word(std::string_view name) noexcept;

// The whole program: the last stop of every exception, and the only place that turns an Error
// into an exit status (docs/errors.md lists them).
[[nodiscard]] int cli_main(std::span<char* const> argv) noexcept;

}  // namespace pel
