#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/index_view.hpp"

namespace pel {

// A stored tree that takes part in a merge. The bytes behind `index` must outlive it.
struct MergeMember {
  std::string id;
  std::string root;  // absolute path of the tree
  IndexView index;
};

// What one directory would hold if all members were installed into it in turn: directories merge,
// of several files with one path the last member's stays. The same place for a file of one and a
// directory of another goes to the last of them.
class TreeMerge {
 public:
  struct File {
    std::string path;  // below the root
    std::uint32_t member = 0;
    std::uint32_t number = 0;  // in the member's INDEX
    bool executable = false;
  };

  // A path that several members have with different content, and whose was taken.
  struct Conflict {
    std::string path;
    std::uint32_t winner = 0;
  };

  enum class Scope {
    everything,
    shared,  // only what lies in directories that several members have: enough for conflicts()
  };

  explicit TreeMerge(std::span<const MergeMember> members, Scope scope = Scope::everything);

  // Each behind those that contain it, without the root.
  [[nodiscard]] const std::vector<std::string>& directories() const noexcept {
    return directories_;
  }

  [[nodiscard]] const std::vector<File>& files() const noexcept { return files_; }

  // Sorted by path within each directory.
  [[nodiscard]] const std::vector<Conflict>& conflicts() const noexcept { return conflicts_; }

 private:
  struct Place {
    std::uint32_t member;
    std::uint32_t directory;
  };

  struct Claim {
    std::string_view name;
    std::uint32_t member;
    IndexView::EntryRecord entry;
  };

  void directory(std::span<const Place> places, const std::string& path);
  void decide(std::span<const Claim> claims, std::string path);
  [[nodiscard]] bool same_file(const Claim& a, const Claim& b) const;

  std::span<const MergeMember> members_;
  Scope scope_;
  std::vector<std::string> directories_;
  std::vector<File> files_;
  std::vector<Conflict> conflicts_;
};

}  // namespace pel
