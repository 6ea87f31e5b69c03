#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "store/gc/usage.hpp"
#include "store/tree/store.hpp"

namespace pel {

// What `store du` tells.
struct StoreUsage {
  std::vector<WheelUsage> wheels;
  std::vector<WheelUsage> composites;
  std::vector<EnvironmentUsage> environments;
  WheelUsage total;                  // of wheels and composites
  std::uint64_t standard_bytes = 0;  // of the packs of interpreters' standard libraries
  std::uint64_t program_bytes = 0;   // of the copies of our own programs
  std::uint64_t built_bytes = 0;     // of the files of wheels that were built here

  // With the directories of environments: all that there would not be without this program.
  [[nodiscard]] std::uint64_t everything() const noexcept;
};

// Of these wheels alone, without composites and environments.
[[nodiscard]] StoreUsage usage_of_wheels(const Store& store, std::span<const std::string> ids);

// Of all that the store holds.
[[nodiscard]] StoreUsage usage_of_store(const Store& store);

// As `store du --json` prints it.
[[nodiscard]] nlohmann::ordered_json usage_json(const Store& store, const StoreUsage& usage);

}  // namespace pel
