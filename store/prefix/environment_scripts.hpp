#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lock/lockfile.hpp"
#include "store/format/table_format.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/prefix/entry_point.hpp"

namespace pel {

// A file of the prefix's bin/, beside the interpreter.
struct EnvironmentScript {
  enum class Source {
    entry_point,  // console_scripts, gui_scripts or the lock's own: text of ours
    rewritten,    // `.data/scripts` with "#!python": the text of the tree under a new first line
    linked,       // any other file that the tree has in bin/
  };

  std::string name;
  Source source = Source::entry_point;
  ObjectReference target;  // of an entry point
  std::string file;        // of the others: absolute path in the tree

  [[nodiscard]] table_format::ScriptKind kind() const noexcept {
    return source == Source::linked ? table_format::ScriptKind::program
                                    : table_format::ScriptKind::python;
  }
};

struct EnvironmentScripts {
  std::vector<EnvironmentScript> scripts;  // sorted by name, each once
  std::vector<std::string> conflicts;      // for people
};

// All scripts of an environment. Of several with one name the last wins: in lock order, in a wheel
// entry points after files, and the lock's own after all wheels. Throws Error(corrupt) for a
// malformed script of the lock; a malformed one of a wheel is left out and reported.
[[nodiscard]] EnvironmentScripts environment_scripts(std::span<const EnvironmentTree> trees,
                                                     std::span<const EntryPointSpec> own);

}  // namespace pel
