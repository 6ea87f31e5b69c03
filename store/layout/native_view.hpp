#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "store/layout/environment_tree.hpp"

namespace pel {

// A file of a tree, or a whole directory, that the environment's own site-packages has, too.
struct NativeEntry {
  std::string path;    // below site-packages
  std::string target;  // absolute path
  bool is_directory = false;
};

enum class NativeLinks {
  files,
  // A directory below a top-level one is one entry, if it holds many files (kManyNativeFiles) and
  // all of them belong to the view, and no other tree has something in its place or below it.
  large_directories,
};

inline constexpr std::size_t kManyNativeFiles = 64;

// The files that programs look for by joining sysconfig's platlib, a directory of
// site.getsitepackages() or their own place, and a path: what no import leads to. Decided from
// files alone:
//
// - a top-level directory whose name has a dot, so that nothing can be imported from it, and in
//   which a native program lies; with it the directories of libraries ("*.libs") of that tree
// - a top-level directory without __init__, or with an empty one, that has a shared library (with
//   a SONAME) or a native program somewhere below: all of it but Python modules
// - a top-level directory, also one with code, that is an installation prefix in itself: its lib/
//   (lib64/ ...) has a shared library, or it has a package configuration file at one of the places
//   below a prefix where find_package() of CMake looks, or lib/pkgconfig/*.pc. All of it but
//   Python modules: build tools are given site-packages, or the directory, as a prefix
// - every top-level directory of a tree that brings a native program in bin/: all of it but Python
//   modules. Such a program may look for its data from its own place
//
// In lock order. Costs O(names in top-level directories) for a tree without ELF files. Throws
// Error(corrupt) for a damaged INDEX.
[[nodiscard]] std::vector<NativeEntry> native_view(std::span<const EnvironmentTree> trees,
                                                   NativeLinks links);

}  // namespace pel
