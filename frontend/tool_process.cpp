#include "frontend/tool_process.hpp"

#include <algorithm>
#include <chrono>

#include "frontend/lock_text.hpp"
#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/interpreter/plain_output.hpp"
#include "store/interpreter/tool_variables.hpp"

namespace pel {
namespace {

constexpr std::size_t kLongestOutput = 16 * 1024 * 1024;

ProcessResult run_process_of(const ToolRun& run) {
  ProcessOptions options;
  options.environment = run.environment;
  without_colour(options.environment);
  without_demands(options.environment);
  options.input = run.input;
  options.output_limit = kLongestOutput;
  options.cancelled = run.cancelled;
  ProcessResult result = run_process(run.command, options);
  if (result.cancelled || (run.cancelled != nullptr && *run.cancelled)) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
  return result;
}

// What people call it: "pip" of "/usr/bin/python3 -m pip install".
std::string_view tool_name(const std::vector<std::string>& command) {
  return command.size() > 2 && command[1] == "-m" ? std::string_view(command[2])
                                                  : name_of(command.front());
}

// A word of a command, without credentials.
std::string shown(const std::string& word) {
  const bool plain =
      !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?#~`!{}[]") == std::string::npos;
  std::string text = without_credentials_anywhere(word);
  return plain ? text : concat("\"", text, "\"");
}

[[noreturn]] void throw_failure(const ToolRun& run, const ProcessResult& result) {
  const std::string how = result.signal != 0
                              ? concat("was ended by signal ", std::to_string(result.signal))
                              : concat("ended with status ", std::to_string(result.exit_code));
  throw Error(ErrorCode::io, concat("cannot ", run.purpose, ": '", command_text(run), "' ", how))
      .with_hint(concat("see what ", tool_name(run.command), " says above; nothing was changed"));
}

}  // namespace

std::optional<Version> ask_version(std::vector<std::string> command, std::string_view name) {
  command.emplace_back("--version");
  try {
    ProcessOptions options;
    options.timeout = std::chrono::seconds(60);
    const ProcessResult result = run_process(command, options);
    std::string_view text = result.out;
    if (!result.ok() || !text.starts_with(concat(name, " "))) {
      return std::nullopt;
    }
    text.remove_prefix(name.size() + 1);
    return Version::parse(text.substr(0, text.find_first_of(" \t\r\n")));
  } catch (const Error&) {
    return std::nullopt;
  }
}

void tell_messages(const std::function<void(std::string_view)>& tell, std::string_view tool,
                   std::string_view messages) {
  const std::string text = without_credentials_anywhere(messages);
  std::string_view rest = text;
  while (tell && !rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    if (!line.empty()) {
      tell(concat(tool, ": ", line));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void run_tool(const ToolRun& run) {
  const ProcessResult result = run_process_of(run);
  if (!result.ok()) {
    tell_messages(run.tell, tool_name(run.command), result.err);
    throw_failure(run, result);
  }
  tell_messages(run.tell, tool_name(run.command), warnings_in(result.err));
}

bool try_tool(const ToolRun& run) {
  const ProcessResult result = run_process_of(run);
  if (result.ok()) {
    tell_messages(run.tell, tool_name(run.command), warnings_in(result.err));
  }
  return result.ok();
}

std::string warnings_in(std::string_view messages) {
  constexpr std::string_view kExperimental = "pip lock is currently an experimental command";
  constexpr std::string_view kHonoured = "`--pre` (hint: pass `--pre` on the command line instead)";
  enum class Block { none, indented, any } block = Block::none;
  std::string warnings;
  while (!messages.empty()) {
    const std::string_view line = messages.substr(0, messages.find('\n'));
    messages.remove_prefix(std::min(line.size() + 1, messages.size()));
    if (line.starts_with("warning:")) {
      block = line.find(kHonoured) == line.npos ? Block::indented : Block::none;
    } else if (line.starts_with("WARNING:")) {
      block = line.find(kExperimental) == line.npos ? Block::any : Block::none;
    } else if (block == Block::indented && !line.starts_with(' ')) {
      block = Block::none;
    }
    if (block != Block::none) {
      warnings += concat(line, "\n");
    }
  }
  return warnings;
}

std::string command_text(const ToolRun& run) {
  std::string text;
  for (const auto& [name, value] : run.environment.set) {
    text += concat(name, "=", shown(value), " ");
  }
  for (const std::string& word : run.command) {
    text += concat(shown(word), " ");
  }
  text.resize(text.size() - std::min(text.size(), std::size_t{1}));
  return text;
}

}  // namespace pel
