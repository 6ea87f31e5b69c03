#pragma once

#include <cstdint>
#include <span>

#include "store/layout/environment_tree.hpp"
#include "store/layout/merged_layout.hpp"
#include "store/layout/tree_groups.hpp"

namespace pel {

// Unites trees one of which has an ELF file that uses libraries of the other:
//
// - the first directory of its RUNPATH, else RPATH, that holds the library in the merged layout
//   lies in the other tree ("$ORIGIN" only: absolute directories are the same everywhere). A tree
//   that has the path itself keeps its own file.
// - or a directory of that path, below site-packages or in the prefix, holds shared libraries of
// the
//   other tree. Whoever names it looks there for libraries that no DT_NEEDED shows: those that are
//   opened by name (dlopen), and those that its own libraries need, which inherit a DT_RPATH.
// - or no file of its own tree has that name or SONAME, and the other tree has one of that name in
//   the prefix's lib/, where programs of the environment find it by other means.
//
// Throws Error(corrupt) when an INDEX is damaged.
void apply_library_rules(std::span<const EnvironmentTree> trees, MergedLayout& layout,
                         TreeGroups& groups);

// Throws Error(corrupt) unless the part of the tree's INDEX that tells of ELF files is intact.
void check_second_part(const EnvironmentTree& tree);

}  // namespace pel
