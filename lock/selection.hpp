#pragma once

#include <optional>
#include <string>
#include <variant>
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

// What a wheel has to be built from, when the lock gives none that can be used.
struct LockedSdist {
  LockedArtifact file;
};

using LockedSource = std::variant<LockedSdist, LockedArchive, LockedDirectory, LockedVcs>;

struct SelectedWheel {
  std::string name;  // as the lock writes it
  std::string normalized_name;
  std::string version;   // of the lock, else of the wheel's file name; or empty
  LockedArtifact wheel;  // without a file name as long as it has not been built
  std::optional<LockedSource> source{};
};

struct Selection {
  std::vector<SelectedWheel> wheels;  // in the lock's order
};

// Chooses the packages whose markers hold and the best wheel of each: the one with the tag that
// comes first in supported_tags(facts), of these the one with the highest build tag. Where there is
// none the source it is to be built from: an sdist, an archive, a directory, a repository.
//
// Throws Error(incompatible) when the lock is not for this interpreter, a package has no wheel for
// it and no source, or two entries of one name are active; Error(usage) for an extra or a
// group that the lock does not have. Messages begin with "cannot use lock <path>: ".
[[nodiscard]] Selection select_wheels(const Lock& lock, const InterpreterFacts& facts,
                                      const SelectionRequest& request);

}  // namespace pel
