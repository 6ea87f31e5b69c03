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
#include "store/base/text.hpp"
#include "store/environment/cache_layout.hpp"
#include "store/interpreter/interpreter.hpp"

namespace pel {
namespace {

extern const Command list_command;
extern const Command find_command;

// "embedded" or "hosted"; empty when the interpreter cannot be used.
std::string_view mode_of(const FoundInterpreter& found) {
  if (!found.problem.empty() || !found.facts) {
    return {};
  }
  return found.facts->libpython.empty() ? "hosted" : "embedded";
}

// Why it is run that way, or not at all.
std::string reason_of(const FoundInterpreter& found) {
  if (mode_of(found).empty()) {
    return found.problem;
  }
  return found.facts->libpython.empty() ? found.facts->libpython_reason : found.facts->libpython;
}

nlohmann::ordered_json to_json(const FoundInterpreter& found) {
  nlohmann::ordered_json json;
  const std::string_view mode = mode_of(found);
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
  json["reason"] = reason_of(found);
  return json;
}

std::string to_text(const FoundInterpreter& found) {
  const std::string_view mode = mode_of(found);
  return concat(found.path, "  ", found.facts ? found.facts->full_version : "?", "  ",
                mode.empty() ? "cannot be used" : mode, ": ", reason_of(found), "\n");
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
      all.push_back(to_json(found));
    } else {
      context.console.print(to_text(found));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

int find(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  bool verbose = false;
  CommandLine line(find_command);
  line.options().flag("json", json, "print JSON");
  line.options().flag("verbose,v", verbose, "say how it would be run, and why");
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
  context.console.print(json      ? json_text(to_json(found))
                        : verbose ? to_text(found)
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
