#pragma once

#include <cstdint>
#include <vector>

namespace pel {

// Trees by number, joined step by step into groups.
class TreeGroups {
 public:
  explicit TreeGroups(std::size_t count);

  void unite(std::uint32_t a, std::uint32_t b);
  [[nodiscard]] bool together(std::uint32_t a, std::uint32_t b) const;

  // Those with more than one member: members ascending, groups by their first.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> groups() const;

 private:
  [[nodiscard]] std::uint32_t head(std::uint32_t tree) const;

  // The smallest known member of the group, step by step: always less than or equal to itself.
  mutable std::vector<std::uint32_t> parents_;
};

}  // namespace pel
