#include "store/layout/tree_groups.hpp"

#include <algorithm>
#include <numeric>

namespace pel {

TreeGroups::TreeGroups(std::size_t count) : parents_(count) {
  std::iota(parents_.begin(), parents_.end(), 0U);
}

std::uint32_t TreeGroups::head(std::uint32_t tree) const {
  while (parents_[tree] != tree) {
    parents_[tree] = parents_[parents_[tree]];
    tree = parents_[tree];
  }
  return tree;
}

void TreeGroups::unite(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t first = head(a);
  const std::uint32_t second = head(b);
  parents_[std::max(first, second)] = std::min(first, second);
}

bool TreeGroups::together(std::uint32_t a, std::uint32_t b) const {
  return head(a) == head(b);
}

std::vector<std::vector<std::uint32_t>> TreeGroups::groups() const {
  std::vector<std::vector<std::uint32_t>> by_head(parents_.size());
  for (std::uint32_t tree = 0; tree < parents_.size(); ++tree) {
    by_head[head(tree)].push_back(tree);
  }
  std::erase_if(by_head, [](const auto& members) { return members.size() < 2; });
  return by_head;
}

}  // namespace pel
