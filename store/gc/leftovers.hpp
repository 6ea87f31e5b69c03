#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "store/tree/store_layout.hpp"

namespace pel {

// Whether what nobody writes at this moment can be told from what somebody does: temporary files
// are not locked.
enum class Writers { none, some };

// Removes what processes that died have left in a store, and returns how many things that were.
// With Writers::some only what is locked while it lives, or older than a day. Under the StoreLock,
// alone.
std::size_t sweep_store_leftovers(const StoreLayout& layout, Writers writers);

// The same in a cache directory (PYENVLAUNCH_CACHE).
std::size_t sweep_cache_leftovers(const std::string& cache);

// Removes, or only counts, the answers in a cache that lead to no environment of this store any
// more. `gone` are prefix directories that count as removed already.
std::size_t sweep_selections(const StoreLayout& layout, const std::string& cache,
                             const std::set<std::string>& gone, bool only_count);

}  // namespace pel
