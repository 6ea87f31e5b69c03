#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/format/table_writer.hpp"
#include "store/layout/environment_tree.hpp"

namespace pel {

// The names that can be imported from site-packages if all trees were installed into it in turn,
// each with the kind that importlib's FileFinder would find there:
//
//   package     a directory in which some tree has "__init__" + suffix. The winner is the tree
//               with the best suffix, of several the last in lock order; it is the first owner.
//   module      else a file name + suffix; best suffix, then last in lock order.
//   name_space  else the directories of that name (PEP 420).
//
// Owners behind the winner, and those of a name space, stand last in lock order first: a file that
// several trees have is found where an installer would have left it.
//
// Suffixes rank as `extension_suffixes` are given, then ".py", then ".pyc". Names that no import
// statement or import_module() can ask for, because a dot is in them, are left out, as are
// __pycache__ and metadata directories. The order of the result is not specified.
[[nodiscard]] std::vector<TableContent::Name> top_level_names(
    std::span<const EnvironmentTree> trees, std::span<const std::string> extension_suffixes);

}  // namespace pel
