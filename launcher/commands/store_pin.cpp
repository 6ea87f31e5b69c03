// pyenvlaunch store pin, unpin: what clearing up keeps because a user says so.

#include <unistd.h>

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
#include "store/format/selection_key.hpp"
#include "store/gc/pins.hpp"

namespace pel {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

// A lock is named by a path to a file; names and ids of wheels are no such path as a rule.
bool is_lock(const Store& store, const std::string& word) {
  return word.find('/') != std::string::npos ||
         (store.resolve(word).empty() && ::access(word.c_str(), R_OK) == 0);
}

nlohmann::ordered_json to_json(const Pin& pin) {
  return {{"target", pin.target},
          {"lock", pin.is_lock},
          {"wheels", pin.wheel_ids},
          {"composites", pin.composite_ids}};
}

void print_ids(CommandContext& context, const Pin& pin) {
  for (const auto* const ids : {&pin.wheel_ids, &pin.composite_ids}) {
    for (const std::string& id : *ids) {
      context.console.print(concat(id, "\n"));
    }
  }
}

int print_pins(CommandContext& context, const Store& store, bool json) {
  auto all = nlohmann::ordered_json::array();
  for (const Pin& pin : list_pins(store)) {
    if (json) {
      all.push_back(to_json(pin));
    } else {
      context.console.print(concat(pin.target, "  ", counted(pin.wheel_ids.size(), "wheel"), "\n"));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

int run_pin(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_pin_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  const Store store(context.settings.locations().home);
  if (operands->empty()) {
    return print_pins(context, store, json);
  }
  expect_no_empty(*operands);
  store.prepare();
  auto all = nlohmann::ordered_json::array();
  for (const std::string& word : *operands) {
    const Pin pin =
        is_lock(store, word) ? pin_lock(store, absolute_path(word)) : pin_wheels(store, word);
    all.push_back(to_json(pin));
    if (!json) {
      print_ids(context, pin);
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return EXIT_SUCCESS;
}

int run_unpin(CommandContext& context, std::span<const std::string_view> args) {
  CommandLine line(store_unpin_command);
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, kAny, "name, id or lock");
  const Store store(context.settings.locations().home);
  for (const std::string& word : *operands) {
    if (!unpin(store, word) && !unpin(store, absolute_path(word))) {
      throw Error(ErrorCode::not_found, concat("'", word, "' is not pinned"))
          .with_hint("'pyenvlaunch store pin' prints what is");
    }
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_pin_command{
    .name = "store pin",
    .summary = "keep wheels, or what a lock needs, when the store is cleared up; or list the pins",
    .usage = "[OPTION]... [NAME|ID|LOCK]...",
    .run = run_pin,
};

constinit const Command store_unpin_command{
    .name = "store unpin",
    .summary = "take pins away",
    .usage = "[OPTION]... NAME|ID|LOCK...",
    .run = run_unpin,
};

}  // namespace pel
