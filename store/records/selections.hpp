#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/format/selection_record.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {

struct StoredSelection {
  std::string key;
  SelectionRecord record;
};

// All readable selection records of a cache, by key.
[[nodiscard]] std::vector<StoredSelection> list_selections(const CacheLayout& cache);

[[nodiscard]] std::optional<SelectionRecord> read_selection(const CacheLayout& cache,
                                                            const std::string& key);

// Throws Error(io).
void write_selection(const CacheLayout& cache, const std::string& key,
                     const SelectionRecord& record);

}  // namespace pel
