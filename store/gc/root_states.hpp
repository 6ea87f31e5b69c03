#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/gc/gc.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/root_reader.hpp"

namespace pel {

// A root, and whether it still stands for something.
struct RootState {
  StoredRoot root;
  bool alive = true;
  std::string reason;               // why it is not alive, for people
  bool may_go = false;              // an environment that is alive, but could be made again
  std::int64_t last_use = 0;        // of an environment, seconds since 1970
  std::optional<TableNeeds> needs;  // what the table in its prefix says

  [[nodiscard]] bool is_environment() const { return root.kind == "environment"; }
};

// Throws Error(corrupt) for a damaged root of which it is not known what it needs. Under the
// StoreLock, alone.
[[nodiscard]] std::vector<RootState> judge_roots(const StoreLayout& layout,
                                                 const GcOptions& options,
                                                 std::vector<std::string>& warnings);

}  // namespace pel
