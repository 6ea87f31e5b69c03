// pyenvlaunch python: the interpreters that were found, and how each would be run.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/json_text.hpp"
#include "launcher/run_mode.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {
namespace {

extern const Command list_command;
extern const Command find_command;

nlohmann::ordered_json to_json(const FoundInterpreter& found, std::string_view wanted) {
  nlohmann::ordered_json json;
  const auto [mode, reason] = run_mode(found, wanted);
  json["path"] = found.path;
  if (!found.origin.empty()) {
    json["origin"] = found.origin;
  }
  if (found.facts) {
    json["executable"] = found.facts->executable;
    json["implementation"] = found.facts->implementation;
    json["version"] = found.facts->full_version;
    json["libpython"] = found.facts->libpython;
  }
  json["mode"] = mode.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(mode);
  json["reason"] = reason;
  return json;
}

std::string to_text(const FoundInterpreter& found, std::string_view wanted) {
  const auto [mode, reason] = run_mode(found, wanted);
  return concat(found.path, "  ", found.facts ? found.facts->full_version : "?", "  ",
                mode.empty() ? "cannot be used" : mode, ": ", reason, "\n");
}

int list(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(list_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  const CacheLayout cache(context.settings.locations().cache);
  auto all = nlohmann::ordered_json::array();
  for (const FoundInterpreter& found : list_interpreters(cache.interpreters())) {
    if (json) {
      all.push_back(to_json(found, context.settings.mode));
    } else {
      context.console.print(to_text(found, context.settings.mode));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

int find(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(find_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "specification");
  InterpreterQuery query;
  query.spec = operands->front();
  query.cache_dir = CacheLayout(context.settings.locations().cache).interpreters();
  FoundInterpreter found;
  found.facts = find_interpreter(query);
  found.path = found.facts->executable;
  context.console.print(json             ? json_text(to_json(found, context.settings.mode))
                        : line.verbose() ? to_text(found, context.settings.mode)
                                         : concat(found.path, "\n"));
  return EXIT_SUCCESS;
}

constinit const Command list_command{
    .name = "python list",
    .summary = "list the interpreters that were found, and how each would be run",
    .usage = "[OPTION]...",
    .run = list,
};

constinit const Command find_command{
    .name = "python find",
    .summary = "print the interpreter that a specification means",
    .usage = "[OPTION]... SPEC",
    .run = find,
};

constexpr const Command* kChildren[] = {&list_command, &find_command};

}  // namespace

constinit const Command python_command{
    .name = "python",
    .summary = "list and find interpreters",
    .usage = "COMMAND [OPTION]...",
    .children = kChildren,
};

}  // namespace pel
