#pragma once

#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/format/index_builder.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel::test {

// Trees that exist as INDEX bytes only: what builders of tables and prefixes read.
class SampleTrees {
 public:
  struct File {
    std::string path;          // below site-packages, or below the tree's root behind "/"
    std::string content = "";  // equal content gives equal hashes
    index_format::ScriptKind script = index_format::ScriptKind::other;
    std::optional<IndexedElf> elf = std::nullopt;
    bool executable = false;  // as all in bin/ are
  };

  // Returns the number of the tree.
  std::size_t add(const std::string& name, std::vector<File> files,
                  std::vector<EntryPoint> entry_points = {}) {
    IndexBuilder builder;
    for (const File& file : files) {
      const std::string path = file.path.starts_with('/')
                                   ? file.path.substr(1)
                                   : std::string(index_format::kSitePackages) + "/" + file.path;
      builder.add_file(path, {.size = file.content.size(),
                              .sha256 = sha256_of(std::as_bytes(std::span(file.content))),
                              .executable = file.executable || path.starts_with("bin/"),
                              .script = file.script,
                              .elf = file.elf ? &*file.elf : nullptr});
    }
    IndexedTree tree;
    tree.name = name;
    tree.normalized_name = name;
    tree.version = "1.0";
    tree.dist_info = name + "-1.0.dist-info";
    tree.entry_points = std::move(entry_points);
    bytes_.push_back(builder.finish(tree));
    const char* reason = nullptr;
    const auto view = IndexView::open(std::as_bytes(std::span(bytes_.back())), reason);
    trees_.push_back(
        {name + "-1.0-py3-none-any-0123456789abcdef", "/store/v1/wheels/" + name, view.value()});
    return trees_.size() - 1;
  }

  [[nodiscard]] std::span<EnvironmentTree> trees() { return trees_; }

 private:
  std::deque<std::string> bytes_;  // a deque, because views point into its strings
  std::vector<EnvironmentTree> trees_;
};

}  // namespace pel::test
