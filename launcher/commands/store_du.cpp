// pyenvlaunch store du: what the store takes, and what environments share of it.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "launcher/store_usage.hpp"
#include "store/base/text.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

std::string to_text(const WheelUsage& usage) {
  return concat(usage.id, "  ", human_size(usage.bytes), ", bytecode ",
                human_size(usage.bytecode_bytes), "\n");
}

std::string to_text(const EnvironmentUsage& usage) {
  return concat(usage.lock.empty() ? usage.prefix : usage.lock, "  shares ",
                human_size(usage.shared_bytes), ", alone ", human_size(usage.alone_bytes),
                ", directory ", human_size(usage.prefix_bytes), "; as a venv ",
                human_size(usage.venv_bytes), "\n");
}

std::string part(std::string_view name, std::uint64_t bytes) {
  return bytes == 0 ? "" : concat(", ", name, " ", human_size(bytes));
}

std::string to_text(const StoreUsage& usage) {
  std::string text;
  for (const auto* const trees : {&usage.wheels, &usage.composites}) {
    for (const WheelUsage& tree : *trees) {
      text += to_text(tree);
    }
  }
  text += concat(
      counted(usage.wheels.size(), "wheel"),
      usage.composites.empty() ? "" : concat(", ", counted(usage.composites.size(), "composite")),
      "  ", human_size(usage.total.bytes), ", bytecode ", human_size(usage.total.bytecode_bytes),
      part("standard libraries", usage.standard_bytes), part("programs", usage.program_bytes),
      part("built wheels", usage.built_bytes), "\n");
  std::uint64_t venvs = 0;
  for (const EnvironmentUsage& environment : usage.environments) {
    text += to_text(environment);
    venvs += environment.venv_bytes;
  }
  if (!usage.environments.empty()) {
    text += concat(counted(usage.environments.size(), "environment"), "  ",
                   human_size(usage.everything()), " with the store; as ordinary venvs ",
                   human_size(venvs), "\n");
  }
  return text;
}

int du(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_du_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  const Store store(context.settings.locations().home);
  const StoreUsage usage = operands->empty()
                               ? usage_of_store(store)
                               : usage_of_wheels(store, resolve_wheels(store, *operands));
  context.console.print(json ? json_text(usage_json(store, usage)) : to_text(usage));
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_du_command{
    .name = "store du",
    .summary = "print how much space wheels and their bytecode take",
    .usage = "[OPTION]... [NAME|ID]...",
    .run = du,
};

}  // namespace pel
