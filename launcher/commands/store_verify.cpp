// pyenvlaunch store verify, du: the state and the size of the store.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
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
#include "store/tree/composite_queries.hpp"
#include "store/tree/store.hpp"
#include "store/tree/verify_wheel.hpp"

namespace pel {
namespace {

const char* kind_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::missing:
      return "missing";
    case FindingKind::extra:
      return "extra";
    case FindingKind::mode:
      return "mode";
    case FindingKind::size:
      return "size";
    case FindingKind::content:
      return "content";
    case FindingKind::index:
      return "index";
    case FindingKind::unreadable:
      return "unreadable";
  }
  return "unknown";
}

int verify(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  bool quick = false;
  CommandLine line(store_verify_command);
  line.options().flag("json", json, "print JSON");
  line.options().flag("quick", quick, "check sizes and modes, but not the content of files");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  const Store store(context.settings.locations().home);
  const std::vector<std::string> ids = resolve_wheels(store, *operands);
  std::vector<Finding> findings =
      store.verify(ids, quick ? Store::Depth::quick : Store::Depth::deep);
  if (operands->empty()) {
    for (const std::string& id : composite_ids(store.layout())) {
      std::ranges::move(
          verify_composite(store.layout(), id, quick ? HashFiles::no : HashFiles::yes),
          std::back_inserter(findings));
    }
  }
  auto all = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    if (json) {
      all.push_back({{"id", finding.id},
                     {"kind", kind_name(finding.kind)},
                     {"path", finding.path},
                     {"message", finding.message}});
    } else {
      context.console.print(concat(finding.message, "\n"));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return findings.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

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
  if (json) {
    context.console.print(json_text({{"bytes", total.bytes},
                                     {"inodes", total.inodes},
                                     {"bytecode_bytes", total.bytecode_bytes},
                                     {"bytecode_inodes", total.bytecode_inodes},
                                     {"wheels", wheels},
                                     {"composites", composites}}));
  } else {
    context.console.print(concat(
        text, counted(usage.size(), "wheel"),
        composites.empty() ? "" : concat(", ", counted(composites.size(), "composite")), "  ",
        human_size(total.bytes), ", bytecode ", human_size(total.bytecode_bytes), "\n"));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_verify_command{
    .name = "store verify",
    .summary = "check wheels, or the whole store: ends with 0 only if all is well",
    .usage = "[OPTION]... [NAME|ID]...",
    .run = verify,
};

constinit const Command store_du_command{
    .name = "store du",
    .summary = "print how much space wheels and their bytecode take",
    .usage = "[OPTION]... [NAME|ID]...",
    .run = du,
};

}  // namespace pel
