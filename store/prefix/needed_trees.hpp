#pragma once

#include <string>
#include <vector>

#include "store/records/cache_layout.hpp"
#include "store/tree/store.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// What directories of `venv`, shims and pins need of a store and it has not: wheels, composites,
// and the copies of our programs. Environments in a cache are not asked, for the next run of each
// notices by itself, and makes what is missing. Nothing in a store of another user, or whose roots
// this user may not read. A root that cannot be read has no say. Throws Error(io).
struct NeededTrees {
  std::vector<std::string> missing_wheels;  // ids, sorted
  bool lacks_launcher = false;              // of this build
  std::vector<Finding> findings;            // one for each thing; those above among them
};

[[nodiscard]] NeededTrees find_missing_needs(const StoreLayout& layout);

// Makes composites again that such directories, and environments in a cache, need and that are not
// there, or have no bytecode: replacing a wheel discards that of all that hold its files, and some
// of them as well, also those of environments that nobody is making just now, and in which
// processes may run. Returns the paths of those that were not there; why one could not be made is
// told in `warnings`.
std::vector<std::string> make_missing_composites(const StoreLayout& layout,
                                                 const CacheLayout& cache,
                                                 std::vector<std::string>& warnings);

// Does what processes that died have left undone behind replacing wheels: composites that may have
// files of theirs as they were before get the ones of now, and what is missing is made again.
void finish_interrupted_replacements(const Store& store, const CacheLayout& cache,
                                     std::vector<std::string>& warnings);

}  // namespace pel
