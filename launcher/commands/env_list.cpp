// pyenvlaunch env list: the environments that the store knows of.

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/env.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_list.hpp"

namespace pel {
namespace {

// Empty for those of the cache.
const char* kind_note(ListedEnvironment::Kind kind) noexcept {
  switch (kind) {
    case ListedEnvironment::Kind::venv:
      return "venv";
    case ListedEnvironment::Kind::shim:
      return "shims";
    case ListedEnvironment::Kind::environment:
      break;
  }
  return "";
}

nlohmann::ordered_json to_json(const ListedEnvironment& environment) {
  const char* const note = kind_note(environment.kind);
  return {{"kind", *note == '\0' ? "environment" : note},
          {"environment", environment.id},
          {"prefix", environment.prefix},
          {"present", environment.present},
          {"locks", environment.locks},
          {"missing_locks", environment.missing_locks},
          {"python", environment.python_version},
          {"interpreter", environment.interpreter},
          {"wheels", environment.wheels},
          {"follows", environment.follows},
          {"edited", environment.edited},
          {"last_use", environment.last_use}};
}

std::string to_text(const ListedEnvironment& environment) {
  std::string text;
  for (const std::string& lock : environment.locks) {
    const auto& missing = environment.missing_locks;
    text += concat(text.empty() ? "" : ", ", lock,
                   std::ranges::find(missing, lock) != missing.end() ? " (gone)" : "");
  }
  std::string edited;
  for (const std::string& package : environment.edited) {
    edited += concat(edited.empty() ? ", edited: " : " ", package);
  }
  return concat(text.empty() ? "(no lock)" : text, "  ",
                environment.present ? concat("Python ", environment.python_version) : "not made",
                "  ", counted(environment.wheels, "wheel"), "  ", environment.prefix,
                *kind_note(environment.kind) == '\0' ? "" : "  ", kind_note(environment.kind),
                environment.follows ? ", follows its lock" : "", edited, "\n");
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(env_list_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  auto all = nlohmann::ordered_json::array();
  const StoreLayout layout(context.settings.locations().home);
  for (const ListedEnvironment& environment : list_environments(layout)) {
    if (json) {
      all.push_back(to_json(environment));
    } else {
      context.console.print(to_text(environment));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command env_list_command{
    .name = "env list",
    .summary = "list the environments that the store knows of, and their locks",
    .usage = "[OPTION]...",
    .run = run,
};

}  // namespace pel
