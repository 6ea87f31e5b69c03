#pragma once

#include <cstddef>
#include <string>

#include "store/format/index_view.hpp"

namespace pel {

// Looks for files of a stored tree that somebody has changed, at the price of one system call a
// file: kind, mode, size, and modification time. Unpacking gives files the times of their archive,
// which are whole seconds; a file that was written to since has a fraction.
//
// Not found are changes by somebody who restores the time, and changes on a file system that has no
// fractions of seconds and that leave the size; verify_wheel() finds these, too.
class ChangedFiles {
 public:
  // `index` is that of the tree at `root`; both must outlive the object.
  ChangedFiles(const std::string& root, const IndexView& index) : root_(root), index_(index) {}

  // The path of the first one among files number `first` to `first + most - 1`, in the order of the
  // INDEX's directories; empty if there is none. A tree that is not there counts as changed. Throws
  // Error(io) when it cannot be looked at for another reason.
  [[nodiscard]] std::string find(std::size_t first, std::size_t most) const;

  [[nodiscard]] std::string find() const { return find(0, index_.files().size()); }

 private:
  const std::string& root_;
  const IndexView& index_;
};

}  // namespace pel
