#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/index_view.hpp"
#include "store/tree/tree_stamp.hpp"

namespace pel {

// Looks for files of a stored tree that somebody has changed, at the price of one system call a
// file: kind, mode, owner, size, and modification time. Unpacking gives files the times of their
// archive, which are whole seconds; a file that was written to since has a fraction. Who restores
// all of these still leaves a change time that is later than the tree's (TreeStamp). A file of
// which only times differ is read, and held against the hash in the INDEX; if it is right, as in a
// copy of a store that was made without its times, it gets whole seconds again.
//
// Not found is, in a tree of another user, what has size and time of before; verify_wheel() finds
// that, too.
//
// Several threads may look at parts of one tree.
class ChangedFiles {
 public:
  // `index` is that of the tree at `root`; both must outlive the object.
  ChangedFiles(const std::string& root, const IndexView& index);

  // Directories number `first` to `end - 1` of the INDEX.
  struct Part {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
  };

  // The whole tree in parts of about `entries` entries each; a directory is never divided.
  [[nodiscard]] std::vector<Part> parts(std::size_t entries) const;

  // The path of the first changed file in the order of the INDEX's directories; empty if there is
  // none. A tree that is not there counts as changed. Throws Error(io) when it cannot be looked at
  // for another reason.
  [[nodiscard]] std::string find(Part part) const;

  [[nodiscard]] std::string find() const { return find({0, index_.directory_count()}); }

  // Call it when find() has found nothing in the whole tree: files that had to be read are not read
  // the next time, unless something has happened to them since the object was made.
  void renew_stamp() const noexcept;

 private:
  struct Place {
    bool in_site_packages = false;
    std::string path;  // below its anchor; empty, or with a slash at its end
  };

  // What is known of a file, and how to find it.
  struct Candidate;
  [[nodiscard]] bool is_unchanged(const Candidate& file) const;
  [[nodiscard]] bool has_right_owner(uid_t owner) const;
  [[nodiscard]] bool has_content_of(const Candidate& file, const struct stat& status) const;
  [[nodiscard]] std::string absolute(const Place& place, std::string_view path) const;

  const std::string& root_;
  const std::string store_;  // the path of the store
  const IndexView& index_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  const TreeStamp stamp_;
  const uid_t adder_;
  std::vector<Place> places_;  // of all directories
  mutable std::once_flag cold_once_;
  mutable bool cold_is_intact_ = false;
  mutable std::atomic<bool> has_read_ = false;
};

}  // namespace pel
