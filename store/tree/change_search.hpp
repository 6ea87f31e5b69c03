#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pel {

// Looks at all files of stored trees for changes (ChangedFiles), in threads beside what its owner
// does meanwhile. Not thread-safe itself.
class ChangeSearch {
 public:
  // Begins at once. `roots` are absolute paths of trees; one whose INDEX cannot be read is passed
  // over, since whoever uses it fails.
  explicit ChangeSearch(std::vector<std::string> roots);
  ~ChangeSearch();  // without finish(): gives up what is not done
  ChangeSearch(const ChangeSearch&) = delete;
  ChangeSearch& operator=(const ChangeSearch&) = delete;

  struct Found {
    std::size_t root = 0;  // among the roots
    std::string path;      // of a file that was changed
  };

  // Helps with what is left, and waits for the end. One file of each tree that was changed, in the
  // order of the roots. Throws Error(io) for a tree that cannot be looked at. Call it once.
  [[nodiscard]] std::vector<Found> finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace pel
