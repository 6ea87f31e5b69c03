#include "store/environment/table_builder.hpp"

#include <cstddef>

#include "store/environment/top_level_names.hpp"

namespace pel {

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
  for (std::size_t number = 0; number < sources.trees.size(); ++number) {
    const EnvironmentTree& tree = sources.trees[number];
    const index_format::TreeRecord record = tree.index.tree();
    content.trees.push_back({tree.id, table_format::TreeKind::wheel});
    content.distributions.push_back({std::string(tree.index.text(record.normalized_name)),
                                     std::string(tree.index.text(record.version)),
                                     std::string(tree.index.text(record.dist_info)),
                                     static_cast<std::uint32_t>(number)});
  }
  content.names = top_level_names(sources.trees, interpreter.extension_suffixes);
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
