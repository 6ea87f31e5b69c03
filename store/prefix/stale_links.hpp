#pragma once

#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// A file of an environment that should be one of the store's, linked or copied, and is none of
// those that its wheels have now: when a changed wheel is unpacked again, directories elsewhere
// keep the changed file, which was theirs as well.
struct StaleLink {
  std::string prefix;  // absolute, of the environment
  std::string path;    // below it
  std::string source;  // absolute, in the store
};

// Of all environments that the store knows, sorted. Looks at read-only files alone, as making an
// environment does: what may be written is the environment's own. Nothing in a store of another
// user. Throws Error(io).
[[nodiscard]] std::vector<StaleLink> stale_links(const StoreLayout& layout);

// The same as findings.
[[nodiscard]] std::vector<Finding> verify_links(const StoreLayout& layout);

// Puts the store's file into its place, at once. `tmp` is that of a cache. Throws Error(io).
void renew_link(const StaleLink& link, const std::string& tmp);

}  // namespace pel
