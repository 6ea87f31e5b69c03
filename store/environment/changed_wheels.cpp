#include "store/environment/changed_wheels.hpp"

#include <algorithm>
#include <random>

#include "store/tree/changed_files.hpp"
#include "store/tree/stored_index.hpp"

namespace pel {

std::vector<ChangedWheel> find_changed_wheels(const StoreLayout& layout,
                                              std::span<const std::string> ids, std::size_t most) {
  std::vector<ChangedWheel> changed;
  std::random_device chance;
  const std::size_t start = ids.empty() ? 0 : chance() % ids.size();
  for (std::size_t i = 0; i < ids.size() && most > 0; ++i) {
    const std::size_t position = (start + i) % ids.size();
    if (ids[position].empty()) {
      continue;
    }
    const StoredIndex index(layout, ids[position]);
    if (index.view() == nullptr) {
      continue;  // it went meanwhile, and using it fails
    }
    const std::size_t count = index.view()->files().size();
    const std::size_t checked = std::min(count, most);
    const std::size_t first = checked < count ? chance() % (count - checked + 1) : 0;
    const std::string root = layout.wheel(ids[position]);
    std::string path = ChangedFiles(root, *index.view()).find(first, checked);
    most -= checked;
    if (!path.empty()) {
      changed.push_back({position, std::move(path)});
    }
  }
  return changed;
}

}  // namespace pel
