#include "store/layout/file_conflicts.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

// A directory of one tree.
struct Place {
  std::size_t tree;
  std::uint32_t directory;
};

// An entry of that name in one tree.
struct Claim {
  std::string_view name;
  std::size_t tree;
  IndexView::EntryRecord entry;
};

class Comparison {
 public:
  explicit Comparison(std::span<const EnvironmentTree> trees) : trees_(trees) {}

  // Compares what several trees have in the directory `path`.
  void directory(std::span<const Place> places, const std::string& path) {
    std::vector<Claim> claims;
    for (const Place& place : places) {
      const IndexView& index = trees_[place.tree].index;
      for (const IndexView::EntryRecord entry : index.entries(place.directory)) {
        claims.push_back({index.text(entry.name), place.tree, entry});
      }
    }
    std::ranges::stable_sort(claims, {}, &Claim::name);  // trees stay in lock order
    for (auto first = claims.begin(); first != claims.end();) {
      const auto last =
          std::find_if(first, claims.end(), [&](const Claim& c) { return c.name != first->name; });
      if (last - first > 1) {
        shared({first, last},
               path.empty() ? std::string(first->name) : concat(path, "/", first->name));
      }
      first = last;
    }
  }

  [[nodiscard]] std::vector<std::string> take() && { return std::move(found_); }

 private:
  void shared(std::span<const Claim> claims, const std::string& path) {
    if (path == "bin") {
      return;  // environment_scripts() decides and reports these
    }
    const auto is_directory = [](const Claim& c) { return c.entry.kind == EntryKind::directory; };
    if (std::ranges::all_of(claims, is_directory)) {
      std::vector<Place> places;
      for (const Claim& claim : claims) {
        places.push_back({claim.tree, claim.entry.target});
      }
      directory(places, path);
    } else if (std::ranges::any_of(claims, is_directory) ||
               !std::ranges::all_of(claims.subspan(1),
                                    [&](const Claim& c) { return same_file(claims[0], c); })) {
      report(claims, path);
    }
  }

  // The cold part of an INDEX is not checked first: damage there costs a wrong sentence at most.
  [[nodiscard]] bool same_file(const Claim& a, const Claim& b) const {
    const auto left = trees_[a.tree].index.files()[a.entry.target];
    const auto right = trees_[b.tree].index.files()[b.entry.target];
    return left.size == right.size && std::ranges::equal(left.sha256, right.sha256);
  }

  void report(std::span<const Claim> claims, std::string_view path) {
    if (path.starts_with(index_format::kSitePackages)) {
      path.remove_prefix(index_format::kSitePackages.size() + 1);
    }
    std::string owners;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      owners += i == 0 ? "" : i + 1 == claims.size() ? " and " : ", ";
      owners += display_name(trees_[claims[i].tree]);
    }
    const IndexView& winner = trees_[claims.back().tree].index;
    found_.push_back(
        concat(path, ": from ", owners, ", ", winner.text(winner.tree().name), "'s is used"));
  }

  std::span<const EnvironmentTree> trees_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> file_conflicts(std::span<const EnvironmentTree> trees) {
  Comparison comparison(trees);
  std::vector<Place> roots;
  for (std::size_t tree = 0; tree < trees.size(); ++tree) {
    roots.push_back({tree, 0});
  }
  comparison.directory(roots, "");
  return std::move(comparison).take();
}

}  // namespace pel
