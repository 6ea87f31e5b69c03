#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/layout/environment_tree.hpp"

namespace pel {

// A directory of one tree.
struct TreePlace {
  std::uint32_t tree;
  std::uint32_t directory;
};

// `path` below `directory`, without a system call: "." and ".." are resolved as text. Both are
// relative to a tree's root; nothing when the path leads out of it.
[[nodiscard]] std::optional<std::string> join_lexically(std::string_view directory,
                                                        std::string_view path);

// Which trees have what at a path, if all were installed into one prefix: the view from above that
// no single INDEX gives. Made in O(trees + top-level names), asked in O(trees that share the
// name). Not thread-safe. The trees must outlive it.
class MergedLayout {
 public:
  using Directories = std::unordered_map<std::string_view, std::vector<TreePlace>>;

  explicit MergedLayout(std::span<const EnvironmentTree> trees);

  // The directories of site-packages by name, each with its trees in lock order; without
  // metadata and __pycache__.
  [[nodiscard]] const Directories& top_level() const noexcept { return top_level_; }

  // The trees that have the directory `path`, in lock order. Of site-packages itself and what is
  // above it only the trees that have more there than other trees have too.
  [[nodiscard]] const std::vector<TreePlace>& directories(const std::string& path);

  // The trees that have the library `name` directly in site-packages, in lock order.
  [[nodiscard]] std::span<const std::uint32_t> top_level_libraries(std::string_view name) const;

  // Trees with files in the prefix's lib/, in lock order.
  [[nodiscard]] const std::vector<TreePlace>& lib() { return directories("lib"); }

 private:
  void add_site_packages(std::uint32_t tree);

  std::span<const EnvironmentTree> trees_;
  Directories top_level_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> libraries_;
  std::vector<std::uint32_t> with_data_;  // trees with anything outside of site-packages
  std::unordered_map<std::string, std::vector<TreePlace>> known_;
};

}  // namespace pel
