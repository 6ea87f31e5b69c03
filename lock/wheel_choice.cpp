#include "lock/wheel_choice.hpp"

#include <algorithm>
#include <string_view>

#include "lock/display.hpp"
#include "lock/version.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kShownTags = 5;

std::optional<WheelFileName> read_name(const LockedArtifact& wheel) {
  const auto name = WheelFileName::parse(wheel.file_name);
  return name && Version::parse(name->version_text) ? name : std::nullopt;
}

}  // namespace

WheelChoice::WheelChoice(const InterpreterFacts& facts) : supported_(supported_tags(facts)) {
  ranks_.reserve(supported_.size());
  for (std::size_t i = 0; i < supported_.size(); ++i) {
    ranks_.emplace(supported_[i].text(), i);
  }
}

const LockedArtifact* WheelChoice::best(const std::vector<const LockedArtifact*>& wheels) const {
  const LockedArtifact* best = nullptr;
  std::size_t best_rank = 0;
  std::string_view best_build;
  for (const LockedArtifact* const wheel : wheels) {
    const auto name = read_name(*wheel);
    const auto wheel_rank = name ? rank(*name) : std::nullopt;
    if (!wheel_rank) {
      continue;
    }
    if (best == nullptr || *wheel_rank < best_rank ||
        (*wheel_rank == best_rank && build_tag_less(best_build, name->build))) {
      best = wheel;
      best_rank = *wheel_rank;
      best_build = name->build;
    }
  }
  return best;
}

std::string WheelChoice::describe_tags(const std::vector<const LockedArtifact*>& wheels) {
  std::vector<std::string> tags;
  for (const LockedArtifact* const wheel : wheels) {
    if (const auto name = read_name(*wheel)) {
      tags.push_back(concat(name->python, "-", name->abi, "-", name->platform));
    }
  }
  return listed(tags, kShownTags);
}

std::string WheelChoice::describe_wanted() const {
  std::vector<std::string> tags;
  tags.reserve(supported_.size());
  for (const Tag& tag : supported_) {
    tags.push_back(tag.text());
  }
  return listed(tags, kShownTags);
}

std::optional<std::size_t> WheelChoice::rank(const WheelFileName& name) const {
  std::optional<std::size_t> best;
  for (const Tag& tag : parse_tag_set(name.python, name.abi, name.platform)) {
    const auto found = ranks_.find(tag.text());
    if (found != ranks_.end() && (!best || found->second < *best)) {
      best = found->second;
    }
  }
  return best;
}

}  // namespace pel
