#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/cli.hpp"
#include "launcher/options.hpp"

namespace pel {

// The arguments of one command: its own options, and those that all have.
class CommandLine {
 public:
  explicit CommandLine(const Command& command);

  [[nodiscard]] OptionSet& options() noexcept { return options_; }

  // Whether --verbose was given, here or before the command.
  [[nodiscard]] bool verbose() const noexcept { return verbose_; }

  // The operands. Nothing when help was asked for, and has been printed. Throws Error(usage).
  [[nodiscard]] std::optional<std::vector<std::string>> parse(
      CommandContext& context, std::span<const std::string_view> args);

  // The same for operands that are another program's command line: options end at the first.
  [[nodiscard]] std::optional<std::vector<std::string>> parse_leading(
      CommandContext& context, std::span<const std::string_view> args);

 private:
  [[nodiscard]] bool finish(CommandContext& context);

  const Command& command_;
  OptionSet options_;
  bool help_ = false;
  bool verbose_ = false;
  std::string color_;
};

// Throws Error(usage) unless there are `least` to `most` operands, none of them empty; `what` names
// one of them.
void expect_operands(std::span<const std::string> operands, std::size_t least, std::size_t most,
                     std::string_view what);

// Throws Error(usage) for an empty one: most often a variable of a script that is not set, and
// never the current directory.
void expect_no_empty(std::span<const std::string> operands);

// The absolute path of the lock that -o names. Throws Error(usage) for "-", which would be a file
// of that name: a lock is read from its file.
[[nodiscard]] std::string path_of_new_lock(std::string_view output);

// Whether a lock can be written there, before anything is asked of an index: check_output_file().
void check_new_lock(const std::string& path);

// "auto", "always", "never": applies it to the console. Throws Error(usage) for another word.
void apply_color(Console& console, std::string_view when);

// Help for a command or a group.
[[nodiscard]] std::string help_text(const Command& command, const OptionSet* options);

}  // namespace pel
