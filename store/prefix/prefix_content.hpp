#pragma once

#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/layout/native_view.hpp"
#include "store/prefix/environment_scripts.hpp"
#include "store/prefix/installation.hpp"
#include "store/prefix/prefix_plan.hpp"

namespace pel {

struct PrefixSources {
  std::string prefix;       // absolute path that the directory will have
  std::string store;        // absolute path of store/v1
  Installation launcher;    // its copy in the store
  std::string launcher_id;  // name of its directory
  std::string table;        // bytes
  const InterpreterFacts* interpreter = nullptr;
  NativeLinks native_links = NativeLinks::files;
  std::span<const EnvironmentTree> trees;  // in lock order
  std::span<const std::string> roots;      // what follows site-packages on sys.path
  std::span<const EnvironmentScript> scripts;
};

// All that the prefix directory of an environment holds: pyvenv.cfg, the table, bin/, the real
// site-packages directory with its start files and native files that are looked for there, and the
// data of the trees. Of several data files with one path the last tree's wins; files of ours win
// over all. Reads scripts that need a new
// first line from the store, nothing else. Throws Error.
[[nodiscard]] PrefixPlan prefix_content(const PrefixSources& sources);

// "python3.11", "python3.13t": the component of a prefix's lib/ and include/site/.
[[nodiscard]] std::string versioned_directory(const InterpreterFacts& interpreter);

}  // namespace pel
