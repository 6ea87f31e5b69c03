#pragma once

#include <optional>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// The roots say who needs what in a store. Where somebody has deleted their directory, they are
// made anew one by one, as environments are; pins, and directories of `venv` that nobody updates,
// never are. So a mark is left in the new directory, and until a user takes it away nothing is
// freed.

// Makes the directory of the roots where there is none; with the mark, if the store has wheels
// already. Any number of processes at once. Throws Error(io).
void make_roots(const StoreLayout& layout);

// What is known of roots that were deleted; nothing if all is well.
[[nodiscard]] std::optional<Finding> find_lost_roots(const StoreLayout& layout);

// What a user can do about it.
[[nodiscard]] std::string advice_on_lost_roots(const StoreLayout& layout);

}  // namespace pel
