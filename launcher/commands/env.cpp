// pyenvlaunch env: what the environments of locks contain.

#include "launcher/commands/env.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment.hpp"
#include "store/environment/environment_list.hpp"
#include "store/environment/environment_removal.hpp"
#include "store/format/selection_key.hpp"
#include "store/records/root_reader.hpp"

namespace pel {
namespace {

extern const Command show_command;
extern const Command remove_command;

// The directories that `venv` has made of the lock.
std::vector<ListedEnvironment> venvs_of(const StoreLayout& layout, const std::string& lock) {
  if (!may_read_roots(layout)) {
    return {};  // whoever may not see them has none there
  }
  std::vector<ListedEnvironment> all = list_environments(layout);
  std::erase_if(all, [&](const ListedEnvironment& environment) {
    return environment.kind != ListedEnvironment::Kind::venv || !environment.present ||
           std::ranges::find(environment.locks, lock) == environment.locks.end();
  });
  return all;
}

std::string to_text(const std::vector<ListedEnvironment>& venvs) {
  std::string text =
      venvs.empty() ? "" : concat("directories  ", std::to_string(venvs.size()), "\n");
  for (const ListedEnvironment& venv : venvs) {
    text += concat("  ", venv.prefix, venv.follows ? "  (follows the lock)" : "");
    for (std::size_t i = 0; i < venv.edited.size(); ++i) {
      text += concat(i == 0 ? "  edited: " : " ", venv.edited[i]);
    }
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json to_json(const std::vector<ListedEnvironment>& venvs) {
  auto list = nlohmann::ordered_json::array();
  for (const ListedEnvironment& venv : venvs) {
    list.push_back({{"directory", venv.prefix},
                    {"python", venv.python_version},
                    {"follows", venv.follows},
                    {"edited", venv.edited}});
  }
  return list;
}

nlohmann::ordered_json to_json(const EnvironmentDescription& environment) {
  nlohmann::ordered_json json;
  json["lock"] = environment.lock_path;
  json["environment"] = environment.environment_id;
  json["prefix"] = environment.prefix;
  json["made"] = environment.made;
  json["interpreter"] = {{"executable", environment.interpreter.executable},
                         {"version", environment.interpreter.full_version},
                         {"libpython", environment.interpreter.libpython}};
  json["table_bytes"] = environment.table_size;
  json["prefix_bytes"] = environment.prefix_size;
  json["prefix_inodes"] = environment.prefix_inodes;
  json["wheels"] = nlohmann::ordered_json::array();
  for (const auto& wheel : environment.wheels) {
    json["wheels"].push_back({{"name", wheel.name},
                              {"version", wheel.version},
                              {"id", wheel.id},
                              {"present", wheel.present},
                              {"bytes", wheel.installed_size}});
  }
  json["composites"] = nlohmann::ordered_json::array();
  for (const auto& composite : environment.composites) {
    json["composites"].push_back(
        {{"id", composite.id}, {"present", composite.present}, {"wheels", composite.wheel_ids}});
  }
  json["scripts"] = environment.scripts;
  return json;
}

std::string to_text(const EnvironmentDescription& environment) {
  const InterpreterFacts& interpreter = environment.interpreter;
  std::string text =
      concat("lock         ", environment.lock_path, "\ninterpreter  ", interpreter.executable,
             " (", interpreter.full_version, ")\nlibrary      ",
             interpreter.libpython.empty() ? interpreter.libpython_reason : interpreter.libpython,
             "\nenvironment  ", environment.environment_id, "\nprefix       ", environment.prefix,
             "\nstate        ", environment.made ? "complete" : "not made yet", "\n");
  if (environment.made) {
    text += concat("size         table ", human_size(environment.table_size), ", directory ",
                   human_size(environment.prefix_size), " in ",
                   counted(environment.prefix_inodes, "file"), "\n");
  }
  text += concat("wheels       ", std::to_string(environment.wheels.size()), "\n");
  for (const auto& wheel : environment.wheels) {
    text += concat("  ", wheel.name, " ", wheel.version, "  ", wheel.id,
                   wheel.present      ? ""
                   : wheel.id.empty() ? "(not built)"
                                      : "  (not in the store)",
                   "\n");
  }
  if (!environment.composites.empty()) {
    text += concat("composites   ", std::to_string(environment.composites.size()), "\n");
    for (const auto& composite : environment.composites) {
      text += concat("  ", composite.id, composite.present ? "" : "  (not in the store)", "\n");
      for (const std::string& id : composite.wheel_ids) {
        text += concat("    ", id, "\n");
      }
    }
  }
  if (!environment.scripts.empty()) {
    text += concat("scripts      ", std::to_string(environment.scripts.size()), "\n");
    for (const std::string& script : environment.scripts) {
      text += concat("  ", script, "\n");
    }
  }
  return text;
}

int show(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  bool json = false;
  CommandLine line(show_command);
  options.describe(line.options());
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "lock");
  const EnvironmentDescription environment =
      describe_environment(options.request(context.settings, operands->front()));
  const auto venvs =
      venvs_of(StoreLayout(context.settings.locations().home), environment.lock_path);
  if (json) {
    auto document = to_json(environment);
    document["directories"] = to_json(venvs);
    context.console.print(json_text(document));
  } else {
    context.console.print(concat(to_text(environment), to_text(venvs)));
  }
  return EXIT_SUCCESS;
}

int remove(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(remove_command);
  line.options().flag("json", json, "print JSON: what was removed");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "lock");
  const RemovalResult result =
      remove_environments(context.settings.locations(), absolute_path(operands->front()));
  if (json) {
    context.console.print(json_text({{"environments", result.environments},
                                     {"selections", result.selections},
                                     {"in_use", result.in_use}}));
  }
  if (line.verbose()) {
    context.console.note(concat("removed ", counted(result.environments, "environment"), ", ",
                                counted(result.selections, "selection")));
    if (result.in_use != 0) {
      context.console.note(concat(counted(result.in_use, "environment"),
                                  " in use: `pyenvlaunch store gc` removes it later"));
    }
  }
  return EXIT_SUCCESS;
}

constinit const Command show_command{
    .name = "env show",
    .summary = "print what the environment of a lock consists of",
    .usage = "[OPTION]... LOCK",
    .run = show,
};

constinit const Command remove_command{
    .name = "env remove",
    .summary = "forget the environments of a lock, for all interpreters and selections",
    .usage = "[OPTION]... LOCK",
    .run = remove,
};

constexpr const Command* kChildren[] = {&env_list_command, &show_command, &env_explain_command,
                                        &remove_command};

}  // namespace

constinit const Command env_command{
    .name = "env",
    .summary = "list, show, explain and remove environments",
    .usage = "COMMAND [OPTION]... LOCK",
    .children = kChildren,
};

}  // namespace pel
