#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// A composite that an environment needs: what it is called and whose files it holds.
struct PlannedComposite {
  std::string id;
  std::vector<std::uint32_t> members;  // numbers of trees, in lock order
};

// Which composites the trees, in lock order, need with this interpreter (composite_rules.hpp).
// What comes out depends on nothing else, so that the ids of wheels say it all. Throws Error.
[[nodiscard]] std::vector<PlannedComposite> plan_composites(std::span<const EnvironmentTree> trees,
                                                            const InterpreterFacts& interpreter);

struct MadeComposites {
  std::vector<std::string> ids;
  std::size_t made = 0;  // composites and their packs that were not there
};

// Brings `plan`, as plan_composites() made it of these trees, into the store, with bytecode, and
// makes each tree that is part of a composite point to it. Throws Error.
MadeComposites make_composites(const StoreLayout& layout, const InterpreterFacts& interpreter,
                               std::span<const PlannedComposite> plan,
                               std::span<EnvironmentTree> trees);

}  // namespace pel
