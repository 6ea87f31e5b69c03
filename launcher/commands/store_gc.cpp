// pyenvlaunch store gc: frees what nobody needs any more.

#include <unistd.h>

#include <algorithm>
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
#include "launcher/quantity.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_list.hpp"
#include "store/format/selection_key.hpp"
#include "store/gc/gc.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::vector<GcReport::Item>& items) {
  Json json = Json::array();
  for (const GcReport::Item& item : items) {
    json.push_back({{"id", item.name}, {"bytes", item.bytes}});
  }
  return json;
}

Json to_json(const std::vector<GcReport::Environment>& environments) {
  Json json = Json::array();
  for (const GcReport::Environment& environment : environments) {
    json.push_back({{"prefix", environment.prefix},
                    {"lock", environment.lock},
                    {"reason", environment.reason}});
  }
  return json;
}

Json to_json(const GcReport& report, bool dry_run) {
  Json json;
  json["dry_run"] = dry_run;
  json["bytes"] = report.bytes;
  json["inodes"] = report.inodes;
  json["wheels"] = to_json(report.wheels);
  json["composites"] = to_json(report.composites);
  json["bytecode"] = to_json(report.packs);
  json["launchers"] = to_json(report.launchers);
  json["environments"] = to_json(report.environments);
  json["selections"] = report.selections;
  json["leftovers"] = report.leftovers;
  json["in_use"] = to_json(report.in_use);
  json["warnings"] = report.warnings;
  return json;
}

std::string lines(std::string_view noun, const std::vector<GcReport::Item>& items) {
  std::string text;
  for (const GcReport::Item& item : items) {
    text += concat(noun, item.name, "  ", human_size(item.bytes), "\n");
  }
  return text;
}

std::string lines(std::string_view noun, const std::vector<GcReport::Environment>& environments) {
  std::string text;
  for (const GcReport::Environment& environment : environments) {
    text += concat(noun, environment.prefix, "  ", environment.reason,
                   environment.lock.empty() ? "" : concat(": ", environment.lock), "\n");
  }
  return text;
}

void add_count(std::string& text, std::size_t count, std::string_view noun) {
  if (count != 0) {
    text += concat(text.empty() ? "" : ", ", counted(count, noun));
  }
}

std::string summary(const GcReport& report, bool dry_run) {
  std::string text;
  add_count(text, report.environments.size(), "environment");
  add_count(text, report.wheels.size(), "wheel");
  add_count(text, report.composites.size(), "composite");
  add_count(text, report.packs.size(), "pack");
  add_count(text, report.launchers.size(), "launcher");
  add_count(text, report.selections, "selection");
  add_count(text, report.leftovers, "leftover");
  if (text.empty()) {
    return "nothing to free\n";
  }
  return concat(dry_run ? "would free " : "freed ", text, ": ", human_size(report.bytes), " in ",
                counted(report.inodes, "inode"), "\n");
}

std::string to_text(const GcReport& report, bool dry_run) {
  return concat(lines("environment  ", report.environments), lines("wheel        ", report.wheels),
                lines("composite    ", report.composites), lines("bytecode     ", report.packs),
                lines("launcher     ", report.launchers), lines("in use       ", report.in_use),
                summary(report, dry_run));
}

// A misspelled name must not end in the loss of what was to be kept.
std::vector<std::string> locks_to_keep(const StoreLayout& layout,
                                       const std::vector<std::string>& names) {
  std::vector<std::string> locks;
  for (const std::string& name : names) {
    locks.push_back(absolute_path(name));
    if (::access(locks.back().c_str(), F_OK) == 0) {
      continue;
    }
    const auto all = list_environments(layout);  // the environments of one that is gone can be kept
    if (std::ranges::none_of(all, [&](const ListedEnvironment& environment) {
          return std::ranges::find(environment.locks, locks.back()) != environment.locks.end();
        })) {
      throw Error(ErrorCode::not_found, concat("cannot keep the environments of ", locks.back(),
                                               ": no such file, and none was made of it"))
          .with_hint(
              "`pyenvlaunch env list` shows the locks that the store knows; nothing was freed");
    }
  }
  return locks;
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  GcOptions options;
  bool json = false;
  std::string older_than;
  std::string max_size;
  std::vector<std::string> keep;
  CommandLine line(store_gc_command);
  line.options().flag("dry-run,n", options.dry_run, "say what would go, and change nothing");
  line.options().value("older-than", older_than, "TIME",
                       "environments as well that were not used for so long (30d, 12h)");
  line.options().value("max-size", max_size, "SIZE",
                       "environments as well, longest unused first, until the store is no larger");
  line.options().list("keep", keep, "LOCK", "keep the environments of this lock (may be repeated)");
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  if (!older_than.empty()) {
    options.older_than = parse_duration(older_than, "--older-than");
  }
  if (!max_size.empty()) {
    options.max_size = parse_size(max_size, "--max-size");
  }
  const StoreLocations locations = context.settings.locations();
  options.keep_locks = locks_to_keep(StoreLayout(locations.home), keep);
  options.caches = {locations.cache};
  options.cancelled = context.settings.interrupted;
  const GcReport report = collect_garbage(Store(locations.home), options);
  for (const std::string& warning : report.warnings) {
    context.console.warn(warning);
  }
  context.console.print(json ? json_text(to_json(report, options.dry_run))
                             : to_text(report, options.dry_run));
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_gc_command{
    .name = "store gc",
    .summary = "free what no environment, pin or running process needs any more",
    .usage = "[OPTION]...",
    .run = run,
};

}  // namespace pel
