#include "launcher/store_usage.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "store/format/standard_format.hpp"
#include "store/gc/disk_meter.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

void add(WheelUsage& total, const WheelUsage& usage) {
  total.bytes += usage.bytes;
  total.inodes += usage.inodes;
  total.bytecode_bytes += usage.bytecode_bytes;
  total.bytecode_inodes += usage.bytecode_inodes;
}

void add_numbers(Json& json, const WheelUsage& usage) {
  json["bytes"] = usage.bytes;
  json["inodes"] = usage.inodes;
  json["bytecode_bytes"] = usage.bytecode_bytes;
  json["bytecode_inodes"] = usage.bytecode_inodes;
}

Json to_json(const Store& store, const WheelUsage& usage) {
  Json json;
  json["id"] = usage.id;
  if (const auto wheel = store.show(usage.id); wheel && wheel->damage.empty()) {
    json["name"] = wheel->name;
    json["version"] = wheel->version;
  }
  add_numbers(json, usage);
  return json;
}

Json to_json(const EnvironmentUsage& usage) {
  return {{"lock", usage.lock},
          {"prefix", usage.prefix},
          {"prefix_bytes", usage.prefix_bytes},
          {"shared_bytes", usage.shared_bytes},
          {"alone_bytes", usage.alone_bytes},
          {"venv_bytes", usage.venv_bytes},
          {"wheels", usage.wheel_ids},
          {"composites", usage.composite_ids}};
}

}  // namespace

std::uint64_t StoreUsage::everything() const noexcept {
  std::uint64_t bytes =
      total.bytes + total.bytecode_bytes + standard_bytes + program_bytes + built_bytes;
  for (const EnvironmentUsage& environment : environments) {
    bytes += environment.prefix_bytes;
  }
  return bytes;
}

StoreUsage usage_of_wheels(const Store& store, std::span<const std::string> ids) {
  StoreUsage usage;
  usage.wheels = store.disk_usage(ids);
  for (const WheelUsage& wheel : usage.wheels) {
    add(usage.total, wheel);
  }
  return usage;
}

StoreUsage usage_of_store(const Store& store) {
  StoreUsage usage = usage_of_wheels(store, store.ids());
  for (const std::string& id : composite_ids(store.layout())) {
    add(usage.total, usage.composites.emplace_back(composite_usage(store.layout(), id)));
  }
  for (const DirectoryEntry& entry : read_directory(store.layout().bytecode())) {
    if (StandardPackId::is_one(entry.name)) {
      usage.standard_bytes += store.disk_usage({&entry.name, 1}).front().bytecode_bytes;
    }
  }
  usage.program_bytes = DiskMeter().add(store.layout().launchers());
  usage.built_bytes = DiskMeter().add(store.layout().built());
  usage.environments = environment_usage(store);
  return usage;
}

Json usage_json(const Store& store, const StoreUsage& usage) {
  Json json;
  add_numbers(json, usage.total);
  json["standard_library_bytes"] = usage.standard_bytes;
  json["program_bytes"] = usage.program_bytes;
  json["built_bytes"] = usage.built_bytes;
  json["wheels"] = Json::array();
  for (const WheelUsage& wheel : usage.wheels) {
    json["wheels"].push_back(to_json(store, wheel));
  }
  json["composites"] = Json::array();
  for (const WheelUsage& composite : usage.composites) {
    Json entry;
    entry["id"] = composite.id;
    add_numbers(entry, composite);
    json["composites"].push_back(std::move(entry));
  }
  json["environments"] = Json::array();
  for (const EnvironmentUsage& environment : usage.environments) {
    json["environments"].push_back(to_json(environment));
  }
  return json;
}

}  // namespace pel
