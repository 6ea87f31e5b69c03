// pyenvlaunch shims: links on the user's PATH to scripts of environments.

#include "launcher/commands/shims.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/hot/locations.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"
#include "store/format/selection_key.hpp"

namespace pel {

std::string shim_directory(const std::string& option) {
  if (!option.empty()) {
    return real_path(absolute_path(option));
  }
  const std::string home = user_home();
  if (home.empty()) {
    throw Error(ErrorCode::usage, "cannot install shims: HOME is no absolute path")
        .with_hint("say where they go: --dir DIR");
  }
  return real_path(concat(home, "/.local/bin"));
}

void warn_unless_on_path(CommandContext& context, const std::string& directory) {
  std::string_view rest = context.settings.path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string_view entry = rest.substr(0, colon);
    if (entry.starts_with('/') && real_path(std::string(entry)) == directory) {
      return;
    }
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  context.console.warn(concat(directory,
                              " is not on PATH: add it, for example in ~/.profile: export PATH=\"",
                              directory, ":$PATH\""));
}

namespace {

extern const Command list_command;
extern const Command uninstall_command;

const char* name_of(ListedShims::Shim::State state) noexcept {
  switch (state) {
    case ListedShims::Shim::State::missing:
      return "missing";
    case ListedShims::Shim::State::replaced:
      return "replaced";
    case ListedShims::Shim::State::damaged:
      return "damaged";
    case ListedShims::Shim::State::ok:
      break;
  }
  return "ok";
}

nlohmann::ordered_json to_json(const ListedShims& listed) {
  nlohmann::ordered_json json;
  json["lock"] = listed.record.lock;
  json["lock_present"] = listed.lock_present;
  json["directory"] = listed.record.directory;
  json["prefix"] = listed.prefix;
  json["all"] = listed.record.all;
  json["damage"] = listed.damage;
  json["shims"] = nlohmann::ordered_json::array();
  for (const auto& shim : listed.shims) {
    json["shims"].push_back({{"name", shim.name}, {"state", name_of(shim.state)}});
  }
  return json;
}

std::string to_text(const ListedShims& listed) {
  std::string text;
  for (const auto& shim : listed.shims) {
    const bool ok = shim.state == ListedShims::Shim::State::ok;
    text += concat(listed.record.directory, "/", shim.name, "  ", listed.record.lock,
                   listed.lock_present ? "" : " (gone)", ok ? "" : "  ",
                   ok ? "" : name_of(shim.state), "\n");
  }
  return text;
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
  auto all = nlohmann::ordered_json::array();
  for (const ListedShims& listed : list_shims(context.settings.locations())) {
    if (!listed.damage.empty()) {
      context.console.warn(listed.damage);
    }
    if (json) {
      all.push_back(to_json(listed));
    } else {
      context.console.print(to_text(listed));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

std::vector<std::string> names_of(const std::vector<ListedShims>& all) {
  std::vector<std::string> names;
  for (const ListedShims& listed : all) {
    names.insert(names.end(), listed.record.names.begin(), listed.record.names.end());
  }
  return names;
}

// Which names go from which installation. A word that is the lock of one means all of it.
std::map<const ListedShims*, std::vector<std::string>> find_named(
    const std::vector<ListedShims>& all, const std::vector<std::string>& words,
    const std::string& directory) {
  std::map<const ListedShims*, std::vector<std::string>> found;
  for (const std::string& word : words) {
    std::size_t places = 0;
    bool is_lock = false;
    for (const ListedShims& listed : all) {
      if (!listed.damage.empty() || (!directory.empty() && listed.record.directory != directory)) {
        continue;
      }
      if (listed.record.lock == absolute_path(word)) {
        is_lock = true;
        found[&listed] = listed.record.names;
      } else if (std::ranges::find(listed.record.names, word) != listed.record.names.end()) {
        ++places;
        found[&listed].push_back(word);
      }
    }
    if (places == 0 && !is_lock) {
      throw Error(ErrorCode::not_found, concat("cannot uninstall '", word, "': no such shim"))
          .with_hint(nearest_hint(word, names_of(all),
                                  "`pyenvlaunch shims list` shows what is installed"));
    }
    if (places > 1 && !is_lock) {
      throw Error(ErrorCode::usage,
                  concat("cannot uninstall '", word, "': several installations have it"))
          .with_hint("name the lock, or the directory with --dir");
    }
  }
  return found;
}

int uninstall(CommandContext& context, std::span<const std::string_view> args) {
  std::string directory;
  bool json = false;
  CommandLine line(uninstall_command);
  line.options().value("dir", directory, "DIR", "only shims in this directory");
  line.options().flag("json", json, "print JSON: the links that were removed");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, static_cast<std::size_t>(-1), "name or lock");
  const StoreLocations locations = context.settings.locations();
  const auto all = list_shims(locations);
  const auto named =
      find_named(all, *operands, directory.empty() ? directory : absolute_path(directory));
  auto removed = nlohmann::ordered_json::array();
  for (const auto& [listed, names] : named) {
    const ShimChange change = uninstall_shims(locations, listed->record, names);
    for (const std::string& note : change.notes) {
      context.console.warn(note);
    }
    for (const std::string& name : change.removed) {
      const std::string path = concat(listed->record.directory, "/", name);
      removed.push_back(path);
      if (!json) {
        context.console.print(concat("removed ", path, "\n"));
      }
    }
  }
  if (json) {
    context.console.print(json_text({{"removed", removed}}));
  }
  return EXIT_SUCCESS;
}

constinit const Command list_command{
    .name = "shims list",
    .summary = "list the shims that are installed, and their locks",
    .usage = "[OPTION]...",
    .run = list,
};

constinit const Command uninstall_command{
    .name = "shims uninstall",
    .summary = "remove shims: those named, or all of a lock",
    .usage = "[OPTION]... NAME|LOCK...",
    .run = uninstall,
};

constexpr const Command* kChildren[] = {&shims_install_command, &shims_upgrade_command,
                                        &uninstall_command, &list_command};

}  // namespace

constinit const Command shims_command{
    .name = "shims",
    .summary = "put scripts of locks on PATH",
    .usage = "COMMAND [OPTION]... [ARGUMENT]...",
    .children = kChildren,
};

}  // namespace pel
