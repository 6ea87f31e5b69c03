#pragma once

#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"

namespace pel {

// What the user asked for beside the lock. Names in any spelling.
struct SelectionRequest {
  std::vector<std::string> extras;
  std::vector<std::string> groups;
  bool default_groups = true;  // whether the lock's default-groups are wanted too
};

struct SelectedWheel {
  std::string name;  // as the lock writes it
  std::string normalized_name;
  std::string version;  // of the lock, else of the wheel's file name
  LockedArtifact wheel;
};

struct Selection {
  std::vector<SelectedWheel> wheels;  // in the lock's order
};

// Chooses the packages whose markers hold and the best wheel of each: the one with the tag that
// comes first in supported_tags(facts), of these the one with the highest build tag.
//
// Throws Error(incompatible) when the lock is not for this interpreter, a package has no wheel for
// it or no wheel at all, or two entries of one name are active; Error(usage) for an extra or a
// group that the lock does not have. Messages begin with "cannot use lock <path>: ".
[[nodiscard]] Selection select_wheels(const Lock& lock, const InterpreterFacts& facts,
                                      const SelectionRequest& request);

}  // namespace pel
