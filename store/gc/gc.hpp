#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/tree/store.hpp"

namespace pel {

// Garbage collection: frees exactly what no root reaches.
//
// Roots are environments whose lock exists and says the same as when they were made, virtual
// environment directories, pins, environments that are being made, and processes that run in an
// environment, whatever has been removed meanwhile. What a root of an unknown kind names is kept.
struct GcOptions {
  bool dry_run = false;  // says what would go, and changes nothing

  // Environments that were not used for that long go as well; they can be made again.
  std::optional<std::chrono::seconds> older_than;

  // So many bytes may stay: environments go, the longest unused first, until that is reached.
  std::optional<std::uint64_t> max_size;

  // Absolute paths of locks whose environments stay in any case.
  std::vector<std::string> keep_locks;

  // Cache directories (PYENVLAUNCH_CACHE) to look for leftovers, beside those that roots name.
  std::vector<std::string> caches;

  const std::atomic<bool>* cancelled = nullptr;
};

struct GcReport {
  struct Item {
    std::string name;  // the id of a tree or a launcher, ID/FILE of a pack
    std::uint64_t bytes = 0;
  };

  struct Environment {
    std::string prefix;
    std::string lock;    // empty when it is not known
    std::string reason;  // "its lock is gone", for people
  };

  // Freed, or to be freed in a dry run; sorted.
  std::vector<Item> wheels;
  std::vector<Item> composites;
  std::vector<Item> packs;  // of trees that stay, for interpreters that nobody uses any more
  std::vector<Item> launchers;
  std::vector<Environment> environments;
  std::size_t selections = 0;  // answers that do not hold any more
  std::size_t leftovers = 0;   // of processes that died
  std::uint64_t bytes = 0;     // on the disk, all together: files with links elsewhere not counted
  std::uint64_t inodes = 0;

  std::vector<Environment> in_use;  // would be gone, if no process ran in them
  std::vector<std::string> warnings;

  std::uint64_t kept_bytes = 0;  // of the trees and packs that stay; with max_size alone
};

// Any number of processes may collect at once, and use the store meanwhile. Throws Error(busy),
// Error(io), and Error(corrupt) for a root that cannot be read and could name anything: then
// nothing is freed.
[[nodiscard]] GcReport collect_garbage(const Store& store, const GcOptions& options);

}  // namespace pel
