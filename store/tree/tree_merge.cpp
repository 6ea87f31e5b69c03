#include "store/tree/tree_merge.hpp"

#include <algorithm>
#include <utility>

#include "store/base/text.hpp"

namespace pel {

using index_format::EntryKind;

TreeMerge::TreeMerge(std::span<const MergeMember> members, Scope scope)
    : members_(members), scope_(scope) {
  std::vector<Place> roots;
  for (std::uint32_t member = 0; member < members.size(); ++member) {
    roots.push_back({member, 0});
  }
  directory(roots, "");
}

void TreeMerge::directory(std::span<const Place> places, const std::string& path) {
  std::vector<Claim> claims;
  for (const Place& place : places) {
    const IndexView& index = members_[place.member].index;
    for (const IndexView::EntryRecord entry : index.entries(place.directory)) {
      // As the writer numbers them, so that a damaged INDEX cannot lead in circles.
      if (entry.kind == EntryKind::file || entry.target > place.directory) {
        claims.push_back({index.text(entry.name), place.member, entry});
      }
    }
  }
  if (places.size() > 1) {
    std::ranges::stable_sort(claims, {}, &Claim::name);  // members stay in their order
  }
  for (auto first = claims.begin(); first != claims.end();) {
    const auto last =
        std::find_if(first, claims.end(), [&](const Claim& c) { return c.name != first->name; });
    if (scope_ == Scope::everything || last - first > 1) {
      decide({first, last},
             path.empty() ? std::string(first->name) : concat(path, "/", first->name));
    }
    first = last;
  }
}

void TreeMerge::decide(std::span<const Claim> claims, std::string path) {
  const Claim& winner = claims.back();
  const auto equal = [&](const Claim& claim) {
    return claim.entry.kind == winner.entry.kind &&
           (claim.entry.kind == EntryKind::directory || same_file(claim, winner));
  };
  if (!std::ranges::all_of(claims, equal)) {
    conflicts_.push_back({path, winner.member});
  }
  if (winner.entry.kind == EntryKind::file) {
    files_.push_back(
        {std::move(path), winner.member, winner.entry.target, winner.entry.executable != 0});
    return;
  }
  std::vector<Place> places;
  for (const Claim& claim : claims) {
    if (claim.entry.kind == EntryKind::directory) {
      places.push_back({claim.member, claim.entry.target});
    }
  }
  directories_.push_back(path);
  directory(places, path);
}

bool TreeMerge::same_file(const Claim& a, const Claim& b) const {
  const auto left = members_[a.member].index.files()[a.entry.target];
  const auto right = members_[b.member].index.files()[b.entry.target];
  return left.size == right.size && std::ranges::equal(left.sha256, right.sha256) &&
         (a.entry.executable != 0) == (b.entry.executable != 0);
}

}  // namespace pel
