#include "store/layout/composites.hpp"

#include <utility>
#include <vector>

#include "store/layout/composite_bytecode.hpp"
#include "store/layout/composite_rules.hpp"
#include "store/tree/composite.hpp"

namespace pel {
namespace {

std::vector<MergeMember> members_of(std::span<const EnvironmentTree> trees,
                                    std::span<const std::uint32_t> numbers) {
  std::vector<MergeMember> members;
  for (const std::uint32_t number : numbers) {
    members.push_back({trees[number].id, trees[number].root, trees[number].index});
  }
  return members;
}

}  // namespace

std::vector<PlannedComposite> plan_composites(std::span<const EnvironmentTree> trees,
                                              const InterpreterFacts& interpreter) {
  std::vector<PlannedComposite> plan;
  for (auto& group : composite_groups(trees, interpreter.extension_suffixes)) {
    std::string id = composite_id(members_of(trees, group));
    plan.push_back({std::move(id), std::move(group)});
  }
  return plan;
}

MadeComposites make_composites(const StoreLayout& layout, const InterpreterFacts& interpreter,
                               std::span<const PlannedComposite> plan,
                               std::span<EnvironmentTree> trees) {
  MadeComposites result;
  FileSystemSync sync;
  for (const PlannedComposite& composite : plan) {
    const std::vector<MergeMember> members = members_of(trees, composite.members);
    result.made += make_composite(layout, sync, composite.id, members) ? 1U : 0U;
    result.made += make_composite_bytecode(layout, interpreter, composite.id, members) ? 1U : 0U;
    for (const std::uint32_t number : composite.members) {
      trees[number].root = layout.composite(composite.id);
      trees[number].composite = composite.id;
    }
    result.ids.push_back(composite.id);
  }
  return result;
}

}  // namespace pel
