#include "store/environment/table_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/layout/top_level_names.hpp"

namespace pel {
namespace {

// The trees of the table, a composite in the place of its first wheel.
class TableTrees {
 public:
  explicit TableTrees(std::span<const EnvironmentTree> wheels) {
    std::unordered_map<std::string_view, std::uint32_t> composites;
    for (const EnvironmentTree& wheel : wheels) {
      const auto next = static_cast<std::uint32_t>(trees_.size());
      if (wheel.composite.empty()) {
        trees_.push_back({wheel.id, table_format::TreeKind::wheel});
        of_wheel_.push_back(next);
        continue;
      }
      const auto [known, is_new] = composites.try_emplace(wheel.composite, next);
      if (is_new) {
        trees_.push_back({wheel.composite, table_format::TreeKind::composite});
      }
      of_wheel_.push_back(known->second);
    }
  }

  [[nodiscard]] std::uint32_t of_wheel(std::size_t number) const { return of_wheel_[number]; }

  // Owners are decided wheel by wheel, in lock order; a composite has the best place of its wheels.
  void replace_owners(TableContent::Name& name) const {
    std::vector<std::uint32_t> owners;
    for (const std::uint32_t wheel : name.owners) {
      if (std::ranges::find(owners, of_wheel_[wheel]) == owners.end()) {
        owners.push_back(of_wheel_[wheel]);
      }
    }
    name.owners = std::move(owners);
  }

  [[nodiscard]] std::vector<TableContent::Tree> take() && { return std::move(trees_); }

 private:
  std::vector<TableContent::Tree> trees_;
  std::vector<std::uint32_t> of_wheel_;
};

}  // namespace

TableContent build_table(const TableSources& sources) {
  const InterpreterFacts& interpreter = *sources.interpreter;
  TableContent content;
  content.environment = {.id = sources.environment_id,
                         .build_id = sources.build_id,
                         .python_version = interpreter.full_version,
                         .cache_tag = interpreter.cache_tag,
                         .base_executable = interpreter.executable,
                         .libpython = interpreter.libpython,
                         .bytecode_magic = interpreter.bytecode_magic};
  TableTrees trees(sources.trees);
  for (std::size_t number = 0; number < sources.trees.size(); ++number) {
    const EnvironmentTree& tree = sources.trees[number];
    const index_format::TreeRecord record = tree.index.tree();
    content.distributions.push_back({std::string(tree.index.text(record.normalized_name)),
                                     std::string(tree.index.text(record.version)),
                                     std::string(tree.index.text(record.dist_info)),
                                     trees.of_wheel(number)});
  }
  content.names = top_level_names(sources.trees, interpreter.extension_suffixes);
  for (TableContent::Name& name : content.names) {
    trees.replace_owners(name);
  }
  content.trees = std::move(trees).take();
  for (const EnvironmentScript& script : sources.scripts) {
    content.scripts.push_back({script.name, script.kind()});
  }
  for (const auto& [name, value] : sources.lock->env) {
    content.variables.push_back({name, value});
  }
  content.source_paths = sources.lock->source_paths;
  return content;
}

}  // namespace pel
