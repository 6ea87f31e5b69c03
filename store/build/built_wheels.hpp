#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Wheel files that were built from sources, under the keys of these: what is unpacked of them is
// in the store like any other wheel. One that is for every interpreter stands for all, another for
// those with the SOABI of the one that it was built for.
//
//   built/<key>.any|<key>.<SOABI>/<sha256>/<wheel file>
class BuiltWheels {
 public:
  explicit BuiltWheels(const StoreLayout& layout) : layout_(layout) {}

  // The wheel's file, with its path and hash.
  [[nodiscard]] std::optional<LockedArtifact> find(const std::string& key,
                                                   const InterpreterFacts& facts) const;

  // Moves a wheel file, of the store's file system, to its place, durable; or finds that another
  // process was faster. Throws Error.
  [[nodiscard]] LockedArtifact publish(const std::string& key, const InterpreterFacts& facts,
                                       const std::string& wheel_file) const;

  struct Entry {
    std::string path;  // of the directory below built/
    LockedArtifact wheel;
    std::string id;  // in the store
  };

  // All of them. What is no entry is passed over.
  [[nodiscard]] std::vector<Entry> list() const;

 private:
  [[nodiscard]] std::string place(const std::string& key, std::string_view who) const;

  const StoreLayout& layout_;
};

}  // namespace pel
