#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "store/tree/stored_index.hpp"

namespace pel {

// Looks at all files of stored trees for changes (ChangedFiles), in threads beside what its owner
// does meanwhile. Not thread-safe itself.
class ChangeSearch {
 public:
  ChangeSearch();
  ~ChangeSearch();  // without finish(): gives up what is not done
  ChangeSearch(const ChangeSearch&) = delete;
  ChangeSearch& operator=(const ChangeSearch&) = delete;

  // The tree at this absolute path is looked at from now on. `index` is the tree's.
  void add(std::string root, std::shared_ptr<const StoredIndex> index);

  // The same, and its INDEX is read. One that cannot be read is passed over, since whoever uses
  // the tree fails.
  void add(std::string root);

  struct Found {
    std::size_t root = 0;  // 0 is the first that was added
    std::string path;      // of a file that was changed
  };

  // Helps with what is left, and waits for the end. One file of each tree that was changed, in the
  // order of the roots. Throws Error(io) for a tree that cannot be looked at. Call it once, at the
  // end.
  [[nodiscard]] std::vector<Found> finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace pel
