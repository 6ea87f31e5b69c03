#include "store/tree/verify_store.hpp"

#include <algorithm>
#include <iterator>

#include "store/tree/composite_queries.hpp"
#include "store/tree/displaced.hpp"
#include "store/tree/stray_entries.hpp"
#include "store/tree/verify_packs.hpp"
#include "store/tree/verify_wheel.hpp"

namespace pel {

std::vector<Finding> verify_store(const Store& store, Store::Depth depth) {
  const StoreLayout& layout = store.layout();
  const HashFiles hash_files = depth == Store::Depth::deep ? HashFiles::yes : HashFiles::no;
  if (auto displaced = displaced_places(layout); !displaced.empty()) {
    return displaced;  // before they are in order nothing else can be told
  }
  std::vector<Finding> findings = stray_entries(layout);
  std::vector<std::string> wheels = store.ids();
  std::vector<std::string> composites = composite_ids(layout);
  for (const Finding& stray : findings) {
    std::erase(wheels, stray.id);
    std::erase(composites, stray.id);
  }
  const auto take = [&](std::vector<Finding> found) {
    std::ranges::move(found, std::back_inserter(findings));
  };
  take(store.verify(wheels, depth));
  for (const std::string& id : composites) {
    take(verify_composite(layout, id, hash_files));
  }
  for (const std::string& id : wheels) {
    take(verify_packs(layout, id));
  }
  for (const std::string& id : composites) {
    take(verify_packs(layout, id));
  }
  take(verify_bytecode_directory(layout));
  return findings;
}

}  // namespace pel
