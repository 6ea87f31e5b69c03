#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/layout/environment_tree.hpp"
#include "store/layout/tree_start_files.hpp"

namespace pel {

// Reads the start file `name` (*.pth) of a tree's site-packages.
using StartFileReader = std::function<std::string(const EnvironmentTree&, std::string_view name)>;

// The trees whose files must lie side by side for a program to see what a virtual environment
// shows it, by number, ascending; groups by their first member. Trees come in lock order. Decided
// from files alone, never from names of packages:
//
//   libraries    an ELF file needs a library of another tree (library_rules.hpp)
//   packages     a directory below site-packages with "__init__" + suffix in any tree has files of
//                several trees: a regular package, or one that extends its __path__
//   companions   a directory of site-packages from which nothing can be imported, "NAME.more", is
//                beside a package NAME of another tree, whose code joins the two; not "*.libs"
//   start files  a *.pth line puts a directory on sys.path that has files of other trees
//
// Trees that share only directories without __init__ (PEP 420) stay apart, as do those that
// install the same top-level module, script or data file: there the last one wins by order.
//
// Costs O(trees + top-level names + entries of shared directories + files of trees with ELF files).
// Throws Error(corrupt) for a damaged INDEX.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> composite_groups(
    std::span<const EnvironmentTree> trees, std::span<const std::string> extension_suffixes,
    const StartFileReader& read = read_start_file);

}  // namespace pel
