#include "store/layout/merged_layout.hpp"

#include <cstddef>
#include <utility>

#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using index_format::kSitePackages;

// "python3" in lib/, "site-packages" in that, and nothing else on the way.
bool has_data(const IndexView& index) {
  std::uint32_t directory = 0;
  for (std::string_view rest = kSitePackages; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const auto entries = index.entries(directory);
    if (entries.size() != 1) {
      return true;
    }
    const auto entry = entries[0];
    if (entry.kind != EntryKind::directory || index.text(entry.name) != rest.substr(0, slash)) {
      return true;
    }
    directory = entry.target;
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  return false;
}

bool can_be_shared(std::string_view directory) {
  return directory != "__pycache__" && !directory.ends_with(".dist-info");
}

}  // namespace

std::optional<std::string> join_lexically(std::string_view directory, std::string_view path) {
  std::string result(directory);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (part.empty() || part == ".") {
      continue;
    }
    if (part != "..") {
      result += result.empty() ? "" : "/";
      result += part;
      continue;
    }
    if (result.empty()) {
      return std::nullopt;
    }
    const std::size_t last = result.rfind('/');
    result.resize(last == std::string::npos ? 0 : last);
  }
  return result;
}

MergedLayout::MergedLayout(std::span<const EnvironmentTree> trees) : trees_(trees) {
  for (std::uint32_t tree = 0; tree < trees.size(); ++tree) {
    if (trees[tree].index.tree().site_packages != index_format::kNone) {
      add_site_packages(tree);
    }
    if (has_data(trees[tree].index)) {
      with_data_.push_back(tree);
    }
  }
}

void MergedLayout::add_site_packages(std::uint32_t tree) {
  const IndexView& index = trees_[tree].index;
  const std::uint32_t site_packages = index.tree().site_packages;
  for (const IndexView::EntryRecord entry : index.entries(site_packages)) {
    const std::string_view name = index.text(entry.name);
    if (entry.kind == EntryKind::directory) {
      if (can_be_shared(name)) {
        top_level_[name].push_back({tree, entry.target});
      }
    } else if (name.find(".so") != std::string_view::npos) {
      libraries_[name].push_back(tree);
    }
  }
}

const std::vector<TreePlace>& MergedLayout::directories(const std::string& path) {
  const auto [known, is_new] = known_.try_emplace(path);
  std::vector<TreePlace>& places = known->second;
  if (!is_new) {
    return places;
  }
  std::string_view below = path;
  if (below.starts_with(kSitePackages) && below.substr(kSitePackages.size()).starts_with('/')) {
    below.remove_prefix(kSitePackages.size() + 1);
    const std::size_t slash = below.find('/');
    const auto top = top_level_.find(below.substr(0, slash));
    if (top != top_level_.end()) {
      below = slash == std::string_view::npos ? std::string_view() : below.substr(slash + 1);
      for (const TreePlace& place : top->second) {
        if (const auto found = trees_[place.tree].index.directory(place.directory, below)) {
          places.push_back({place.tree, *found});
        }
      }
    }
    return places;
  }
  for (const std::uint32_t tree : with_data_) {
    if (const auto found = trees_[tree].index.directory(0, path)) {
      places.push_back({tree, *found});
    }
  }
  return places;
}

std::span<const std::uint32_t> MergedLayout::top_level_libraries(std::string_view name) const {
  const auto found = libraries_.find(name);
  return found == libraries_.end() ? std::span<const std::uint32_t>() : found->second;
}

}  // namespace pel
