#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/console.hpp"
#include "store/environment/environment.hpp"

namespace pel {

// What the variables of the process say. No command reads them itself, or a global.
struct Settings {
  // Throws Error(usage) when no variable names a place; asked only by commands that need one.
  std::function<StoreLocations()> locations;
  std::string python;    // PYENVLAUNCH_PYTHON
  std::string path;      // PATH
  std::string mode;      // PYENVLAUNCH_MODE
  bool offline = false;  // PYENVLAUNCH_OFFLINE
  bool resumed = false;  // this command line has been through the manager once
  const std::atomic<bool>* interrupted = nullptr;
};

// What every command is given.
struct CommandContext {
  Console& console;
  const Settings& settings;
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

// The whole program: the last stop of every exception, and the only place that turns an Error
// into an exit status (docs/errors.md lists them).
[[nodiscard]] int cli_main(std::span<char* const> argv) noexcept;

}  // namespace pel
