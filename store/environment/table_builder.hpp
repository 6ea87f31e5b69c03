#pragma once

#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"
#include "store/format/table_writer.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/prefix/environment_scripts.hpp"

namespace pel {

struct TableSources {
  std::span<const EnvironmentTree> trees;  // in lock order
  std::span<const EnvironmentScript> scripts;
  const InterpreterFacts* interpreter = nullptr;
  const Lock* lock = nullptr;  // for its variables and source paths
  std::string environment_id;
  std::string build_id;
};

// What the table of an environment says. Costs O(wheels + top-level names).
[[nodiscard]] TableContent build_table(const TableSources& sources);

}  // namespace pel
