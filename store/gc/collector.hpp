#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/gc/disk_meter.hpp"
#include "store/gc/gc.hpp"
#include "store/gc/leftovers.hpp"
#include "store/gc/needs.hpp"
#include "store/gc/root_states.hpp"
#include "store/gc/trash.hpp"
#include "store/records/file_system.hpp"
#include "store/tree/store.hpp"
#include "store/tree/store_lock.hpp"

namespace pel {

// The steps of collect_garbage(), in their order. Up to sweep() all happens under the lock, and
// takes milliseconds; what was taken out of sight is deleted behind it.
class Collector {
 public:
  Collector(const Store& store, const GcOptions& options)
      : store_(store), layout_(store.layout()), options_(options), trash_(layout_) {}

  GcReport run();

 private:
  // Something below the store that goes.
  struct Garbage {
    std::string path;  // where it lies now
    std::string name;
    std::vector<GcReport::Item>* list =
        nullptr;            // where it is reported; null: it is part of another
    std::size_t owner = 0;  // for a part: the number of what it is part of
  };

  void find_claims();
  void find_caches();
  void find_prefixes_without_root();
  void add_members(RootState& state) const;
  void give_up_environments_for_size();
  [[nodiscard]] std::uint64_t kept_size(std::map<std::string, std::uint64_t>& sizes) const;
  void retire_environments();
  void retire(RootState& state);
  void keep_running(RootState& state);
  [[nodiscard]] bool is_used(const RootState& state) const;
  void find_needs();
  void find_running_tables();
  void keep_whole(const TableNeeds& needs);
  void find_garbage();
  void find_dead_builds();
  void find_dead_packs();
  void add_garbage(std::string path, std::string name, std::vector<GcReport::Item>& list);
  void sweep();
  void measure();

  const Store& store_;
  const StoreLayout& layout_;
  const GcOptions& options_;
  std::vector<RootState> states_;
  std::set<std::string> claimed_;  // ids of environments that are being made: roots may come still
  std::set<std::string> caches_;
  std::set<std::string> gone_;  // prefix directories
  std::vector<std::string> dead_tables_;
  Needs needs_;
  std::vector<Garbage> garbage_;
  // Deleted with this object, behind the lock.
  std::vector<std::unique_ptr<TemporaryDirectory>> prefix_trash_;
  Trash trash_;
  DiskMeter meter_;  // of what goes
  GcReport report_;
};

}  // namespace pel
