#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "store/tree/store_layout.hpp"

namespace pel {

// Removes what processes that died have left in a store, and returns how many things that were.
// What somebody writes at this moment is locked, and stays. Under the StoreLock, alone.
std::size_t sweep_store_leftovers(const StoreLayout& layout);

// The same in a cache directory (PYENVLAUNCH_CACHE). Answers for scripts of more than 90 days, and
// logs of builds of more than 30, go as well.
std::size_t sweep_cache_leftovers(const std::string& cache);

// Removes, or only counts, the answers in a cache that lead to no environment of this store any
// more. `gone` are prefix directories that count as removed already.
std::size_t sweep_selections(const StoreLayout& layout, const std::string& cache,
                             const std::set<std::string>& gone, bool only_count);

}  // namespace pel
