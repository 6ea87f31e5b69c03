#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"
#include "lock/tag.hpp"
#include "lock/wheel_file_name.hpp"

namespace pel {

// Which of several wheels suits an interpreter best.
class WheelChoice {
 public:
  explicit WheelChoice(const InterpreterFacts& facts);

  // The wheel whose best tag comes first for the interpreter; of several the one with the highest
  // build tag, then the first. Null if none can be used. Unreadable names are passed over.
  [[nodiscard]] const LockedArtifact* best(const std::vector<const LockedArtifact*>& wheels) const;

  // The tags of the wheels, for people: a few, then a count. Empty if no name can be read.
  [[nodiscard]] static std::string describe_tags(const std::vector<const LockedArtifact*>& wheels);

  // The best tags of the interpreter, for people.
  [[nodiscard]] std::string describe_wanted() const;

 private:
  [[nodiscard]] std::optional<std::size_t> rank(const WheelFileName& name) const;

  std::vector<Tag> supported_;
  std::unordered_map<std::string, std::size_t> ranks_;  // of the texts of supported_
};

}  // namespace pel
