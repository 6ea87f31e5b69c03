// pyenvlaunch store list, show, path: what is in the store.

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

nlohmann::ordered_json to_json(const StoredWheel& wheel, const StoreLayout& layout) {
  nlohmann::ordered_json json;
  json["id"] = wheel.id;
  json["path"] = layout.wheel(wheel.id);
  if (!wheel.damage.empty()) {
    json["damage"] = wheel.damage;
    return json;
  }
  json["name"] = wheel.name;
  json["version"] = wheel.version;
  json["wheel"] = wheel.wheel_file;
  json["sha256"] = wheel.sha256.hex();
  json["requires_python"] = wheel.requires_python;
  json["bytes"] = wheel.installed_size;
  json["files"] = wheel.file_count;
  json["purelib"] = wheel.root_is_purelib;
  json["entry_points"] = nlohmann::ordered_json::array();
  for (const EntryPoint& point : wheel.entry_points) {
    json["entry_points"].push_back(
        {{"group", point.group}, {"name", point.name}, {"value", point.value}});
  }
  json["scripts"] = wheel.scripts;
  json["warnings"] = wheel.warnings;
  return json;
}

std::string to_text(const StoredWheel& wheel, const StoreLayout& layout) {
  if (!wheel.damage.empty()) {
    return concat("id        ", wheel.id, "\ndamaged   ", wheel.damage, "\n");
  }
  std::string text =
      concat("id        ", wheel.id, "\nname      ", wheel.name, "\nversion   ", wheel.version,
             "\nwheel     ", wheel.wheel_file, "\nsha256    ", wheel.sha256.hex(), "\npath      ",
             layout.wheel(wheel.id), "\nsize      ", human_size(wheel.installed_size), " in ",
             counted(wheel.file_count, "file"), "\n");
  if (!wheel.requires_python.empty()) {
    text += concat("python    ", wheel.requires_python, "\n");
  }
  for (const EntryPoint& point : wheel.entry_points) {
    text += concat("entry     [", point.group, "] ", point.name, " = ", point.value, "\n");
  }
  for (const std::string& script : wheel.scripts) {
    text += concat("script    ", script, "\n");
  }
  for (const std::string& warning : wheel.warnings) {
    text += concat("warning   ", warning, "\n");
  }
  return text;
}

int list(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_list_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  const Store store(context.settings.locations().home);
  if (!json) {
    for (const std::string& id : store.ids()) {
      context.console.print(concat(id, "\n"));
    }
    return EXIT_SUCCESS;
  }
  auto all = nlohmann::ordered_json::array();
  for (const StoredWheel& wheel : store.list()) {
    all.push_back(to_json(wheel, store.layout()));
  }
  context.console.print(json_text(all));
  return EXIT_SUCCESS;
}

int show(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_show_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, kAny, "wheel");
  const Store store(context.settings.locations().home);
  auto all = nlohmann::ordered_json::array();
  std::string text;
  for (const std::string& id : resolve_wheels(store, *operands)) {
    const auto wheel = store.show(id);
    if (!wheel) {
      continue;  // removed by another process since
    }
    all.push_back(to_json(*wheel, store.layout()));
    text += concat(text.empty() ? "" : "\n", to_text(*wheel, store.layout()));
  }
  context.console.print(json ? json_text(all) : text);
  return EXIT_SUCCESS;
}

int path(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_path_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, kAny, "wheel");
  const Store store(context.settings.locations().home);
  auto all = nlohmann::ordered_json::array();
  for (const std::string& id : resolve_wheels(store, *operands)) {
    all.push_back({{"id", id}, {"path", store.layout().wheel(id)}});
    if (!json) {
      context.console.print(concat(store.layout().wheel(id), "\n"));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

}  // namespace

std::vector<std::string> resolve_wheels(const Store& store, std::span<const std::string> words) {
  if (words.empty()) {
    return store.ids();
  }
  std::vector<std::string> found;
  for (const std::string& word : words) {
    for (const std::string& id : store.resolve_or_throw(word)) {
      if (std::ranges::find(found, id) == found.end()) {
        found.push_back(id);
      }
    }
  }
  return found;
}

constinit const Command store_list_command{
    .name = "store list",
    .summary = "list the wheels of the store",
    .usage = "[OPTION]...",
    .run = list,
};

constinit const Command store_show_command{
    .name = "store show",
    .summary = "print what the store knows of wheels",
    .usage = "[OPTION]... NAME|ID...",
    .run = show,
};

constinit const Command store_path_command{
    .name = "store path",
    .summary = "print where the trees of wheels are",
    .usage = "[OPTION]... NAME|ID...",
    .run = path,
};

}  // namespace pel
