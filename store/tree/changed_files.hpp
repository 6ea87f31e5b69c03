#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/format/index_view.hpp"

namespace pel {

// Looks for files of a stored tree that somebody has changed, at the price of one system call a
// file: kind, mode, size, and modification time. Unpacking gives files the times of their archive,
// which are whole seconds; a file that was written to since has a fraction.
//
// Not found are changes by somebody who restores the time, and changes on a file system that has no
// fractions of seconds and that leave the size; verify_wheel() finds these, too.
//
// Immutable: several threads may look at parts of one tree.
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

 private:
  struct Place {
    bool in_site_packages = false;
    std::string path;  // below its anchor; empty, or with a slash at its end
  };

  const std::string& root_;
  const IndexView& index_;
  std::vector<Place> places_;  // of all directories
};

}  // namespace pel
