#include "store/layout/composite_rules.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/layout/library_rules.hpp"
#include "store/layout/merged_layout.hpp"
#include "store/layout/tree_groups.hpp"
#include "store/records/file_system.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using index_format::kSitePackages;

// Whether there is a file in the directory or below it.
bool has_files(const IndexView& index, std::uint32_t directory) {
  for (const IndexView::EntryRecord entry : index.entries(directory)) {
    // As the writer numbers them, so that a damaged INDEX cannot lead in circles.
    if (entry.kind == EntryKind::file ||
        (entry.target > directory && has_files(index, entry.target))) {
      return true;
    }
  }
  return false;
}

// Directories that tools make beside a package. Who needs their libraries says so
// (library_rules.hpp).
bool is_of_tools(std::string_view name) {
  return name.ends_with(".libs") || name.ends_with(".egg-info");
}

class PackageRule {
 public:
  PackageRule(std::span<const EnvironmentTree> trees, std::span<const std::string> suffixes,
              TreeGroups& groups)
      : trees_(trees), groups_(groups) {
    for (const std::string& suffix : suffixes) {
      init_files_.push_back(concat("__init__", suffix));
    }
    init_files_.emplace_back("__init__.py");
    init_files_.emplace_back("__init__.pyc");
  }

  // A directory that all of these trees have.
  void directory(std::span<const TreePlace> places) {
    if (std::ranges::any_of(places, [&](const TreePlace& place) { return is_package(place); })) {
      unite(places);
    } else {
      directories_in(places);
    }
  }

  // A directory from which nothing can be imported, "NAME.more", and the directories NAME.
  void companion(std::span<const TreePlace> places, std::span<const TreePlace> of_name) {
    std::vector<TreePlace> all(places.begin(), places.end());
    std::ranges::copy_if(of_name, std::back_inserter(all),
                         [&](const TreePlace& place) { return is_package(place); });
    if (all.size() > places.size()) {
      unite(all);
    }
  }

 private:
  struct Claim {
    std::string_view name;
    TreePlace place;
  };

  [[nodiscard]] bool is_package(const TreePlace& place) const {
    const IndexView& index = trees_[place.tree].index;
    return std::ranges::any_of(init_files_, [&](const std::string& name) {
      const auto entry = index.entry(place.directory, name);
      return entry && entry->kind == EntryKind::file;
    });
  }

  void unite(std::span<const TreePlace> places) {
    std::optional<std::uint32_t> first;
    for (const TreePlace& place : places) {
      if (!has_files(trees_[place.tree].index, place.directory)) {
        continue;
      }
      if (first) {
        groups_.unite(*first, place.tree);
      } else {
        first = place.tree;
      }
    }
  }

  void directories_in(std::span<const TreePlace> places) {
    std::vector<Claim> claims;
    for (const TreePlace& place : places) {
      const IndexView& index = trees_[place.tree].index;
      for (const IndexView::EntryRecord entry : index.entries(place.directory)) {
        const std::string_view name = index.text(entry.name);
        if (entry.kind == EntryKind::directory && entry.target > place.directory &&
            name != "__pycache__") {
          claims.push_back({name, {place.tree, entry.target}});
        }
      }
    }
    std::ranges::stable_sort(claims, {}, &Claim::name);
    std::vector<TreePlace> shared;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      shared.push_back(claims[i].place);
      if (i + 1 == claims.size() || claims[i + 1].name != claims[i].name) {
        if (shared.size() > 1) {
          directory(shared);
        }
        shared.clear();
      }
    }
  }

  std::span<const EnvironmentTree> trees_;
  TreeGroups& groups_;
  std::vector<std::string> init_files_;
};

class StartFileRule {
 public:
  StartFileRule(std::span<const EnvironmentTree> trees, MergedLayout& layout, TreeGroups& groups)
      : trees_(trees), layout_(layout), groups_(groups) {}

  void file(std::uint32_t tree, std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    while (!text.empty()) {
      const std::size_t end = text.find_first_of("\r\n");
      line(tree, text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
  }

 private:
  // As site.addpackage() reads it.
  void line(std::uint32_t tree, std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\v\f");
    if (last == std::string_view::npos || text.starts_with('#') || text.starts_with("import ") ||
        text.starts_with("import\t") || text.starts_with('/')) {
      return;
    }
    const auto path = join_lexically(kSitePackages, text.substr(0, last + 1));
    if (!path || *path == kSitePackages) {
      return;
    }
    for (const TreePlace& place : layout_.directories(*path)) {
      if (has_files(trees_[place.tree].index, place.directory)) {
        groups_.unite(tree, place.tree);
      }
    }
  }

  std::span<const EnvironmentTree> trees_;
  MergedLayout& layout_;
  TreeGroups& groups_;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> composite_groups(
    std::span<const EnvironmentTree> trees, std::span<const std::string> extension_suffixes,
    const StartFileReader& read) {
  TreeGroups groups(trees.size());
  MergedLayout layout(trees);
  PackageRule packages(trees, extension_suffixes, groups);
  for (const auto& [name, places] : layout.top_level()) {
    if (places.size() > 1) {
      packages.directory(places);
    }
    const std::size_t dot = name.find('.');
    if (dot != std::string_view::npos && !is_of_tools(name)) {
      if (const auto owners = layout.top_level().find(name.substr(0, dot));
          owners != layout.top_level().end()) {
        packages.companion(places, owners->second);
      }
    }
  }
  StartFileRule start_files(trees, layout, groups);
  for (std::uint32_t tree = 0; tree < trees.size(); ++tree) {
    const auto names = trees[tree].index.start_files();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view name = trees[tree].index.text(names[i]);
      start_files.file(tree, read(trees[tree], name));
    }
  }
  apply_library_rules(trees, layout, groups);
  return groups.groups();
}

}  // namespace pel
