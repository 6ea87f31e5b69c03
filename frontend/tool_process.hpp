#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/version.hpp"
#include "store/interpreter/process.hpp"

// How front ends are run.
namespace pel {

// "uv 0.9.1 (abc)" or "pip 25.1 from /x" -> the version behind the name; nothing when the program
// is not there, fails, or says something else.
[[nodiscard]] std::optional<Version> ask_version(std::vector<std::string> command,
                                                 std::string_view name);

struct ToolRun {
  std::vector<std::string> command;
  std::string purpose;               // "make a lock": for messages
  std::optional<std::string> input;  // standard input
  EnvironmentEdits environment;
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(std::string_view line)> tell;
};

// Runs a tool to its end; its warnings go to `tell`. Throws Error(interrupted) when it was
// cancelled; Error(io) "cannot <purpose>: '<command>' ended with status 1" when it failed, after
// its messages went to `tell`.
void run_tool(const ToolRun& run);

// The same without an exception, and without a word: false when the tool failed.
[[nodiscard]] bool try_tool(const ToolRun& run);

// The warnings among what a tool has said: lines that begin with "warning:" (of uv) with indented
// ones behind them, or with "WARNING:" (of pip, quiet) with all others; but for those of which a
// user of ours can do nothing.
[[nodiscard]] std::string warnings_in(std::string_view messages);

// Hands each line of a tool's messages to `tell`, without credentials, behind its name.
void tell_messages(const std::function<void(std::string_view)>& tell, std::string_view tool,
                   std::string_view messages);

// The command as a shell would take it, with what is set for it, without credentials.
[[nodiscard]] std::string command_text(const ToolRun& run);

}  // namespace pel
