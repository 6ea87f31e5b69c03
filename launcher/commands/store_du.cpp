// pyenvlaunch store du: what the store takes, and what environments share of it.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/text.hpp"
#include "store/gc/usage.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

nlohmann::ordered_json to_json(const WheelUsage& usage) {
  return {{"id", usage.id},
          {"bytes", usage.bytes},
          {"inodes", usage.inodes},
          {"bytecode_bytes", usage.bytecode_bytes},
          {"bytecode_inodes", usage.bytecode_inodes}};
}

std::string to_text(const WheelUsage& usage) {
  return concat(usage.id, "  ", human_size(usage.bytes), ", bytecode ",
                human_size(usage.bytecode_bytes), "\n");
}

nlohmann::ordered_json to_json(const std::vector<EnvironmentUsage>& environments) {
  auto json = nlohmann::ordered_json::array();
  for (const EnvironmentUsage& usage : environments) {
    json.push_back({{"lock", usage.lock},
                    {"prefix", usage.prefix},
                    {"prefix_bytes", usage.prefix_bytes},
                    {"shared_bytes", usage.shared_bytes},
                    {"alone_bytes", usage.alone_bytes},
                    {"venv_bytes", usage.venv_bytes}});
  }
  return json;
}

std::string to_text(const std::vector<EnvironmentUsage>& environments, const WheelUsage& total) {
  std::string text;
  std::uint64_t own = total.bytes + total.bytecode_bytes;
  std::uint64_t venvs = 0;
  for (const EnvironmentUsage& usage : environments) {
    own += usage.prefix_bytes;
    venvs += usage.venv_bytes;
    text += concat(usage.lock.empty() ? usage.prefix : usage.lock, "  shares ",
                   human_size(usage.shared_bytes), ", alone ", human_size(usage.alone_bytes),
                   ", directory ", human_size(usage.prefix_bytes), "; as a venv ",
                   human_size(usage.venv_bytes), "\n");
  }
  return environments.empty()
             ? ""
             : concat(text, counted(environments.size(), "environment"), "  ", human_size(own),
                      " with the store; as ordinary venvs ", human_size(venvs), "\n");
}

void add(WheelUsage& total, const WheelUsage& usage) {
  total.bytes += usage.bytes;
  total.inodes += usage.inodes;
  total.bytecode_bytes += usage.bytecode_bytes;
  total.bytecode_inodes += usage.bytecode_inodes;
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
  const std::vector<WheelUsage> usage = store.disk_usage(resolve_wheels(store, *operands));
  auto wheels = nlohmann::ordered_json::array();
  WheelUsage total;
  std::string text;
  for (const WheelUsage& wheel : usage) {
    add(total, wheel);
    wheels.push_back(to_json(wheel));
    text += to_text(wheel);
  }
  auto composites = nlohmann::ordered_json::array();
  if (operands->empty()) {
    for (const std::string& id : composite_ids(store.layout())) {
      const WheelUsage composite = composite_usage(store.layout(), id);
      add(total, composite);
      composites.push_back(to_json(composite));
      text += to_text(composite);
    }
  }
  std::vector<EnvironmentUsage> environments;
  if (operands->empty()) {
    environments = environment_usage(store);
  }
  if (json) {
    context.console.print(json_text({{"bytes", total.bytes},
                                     {"inodes", total.inodes},
                                     {"bytecode_bytes", total.bytecode_bytes},
                                     {"bytecode_inodes", total.bytecode_inodes},
                                     {"wheels", wheels},
                                     {"composites", composites},
                                     {"environments", to_json(environments)}}));
  } else {
    context.console.print(
        concat(text, counted(usage.size(), "wheel"),
               composites.empty() ? "" : concat(", ", counted(composites.size(), "composite")),
               "  ", human_size(total.bytes), ", bytecode ", human_size(total.bytecode_bytes), "\n",
               to_text(environments, total)));
  }
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
