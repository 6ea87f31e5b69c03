#include "store/format/table_writer.hpp"

#include <algorithm>

#include "store/base/hash.hpp"
#include "store/format/container_builder.hpp"

namespace pel {

using namespace table_format;  // NOLINT(google-build-using-namespace): this file writes it

std::string write_table(TableContent content) {
  std::ranges::sort(content.names, {}, &TableContent::Name::name);
  std::ranges::sort(content.scripts, {}, &TableContent::Script::name);

  StringPool strings;
  const TableContent::Environment& from = content.environment;
  const EnvironmentRecord environment{.id = strings.add(from.id),
                                      .build_id = strings.add(from.build_id),
                                      .python_version = strings.add(from.python_version),
                                      .cache_tag = strings.add(from.cache_tag),
                                      .base_executable = strings.add(from.base_executable),
                                      .libpython = strings.add(from.libpython),
                                      .bytecode_magic = from.bytecode_magic,
                                      .reserved = 0};
  std::vector<TreeRecord> trees;
  for (const auto& tree : content.trees) {
    trees.push_back({strings.add(tree.id), tree.kind});
  }
  std::vector<DistributionRecord> distributions;
  for (const auto& item : content.distributions) {
    distributions.push_back({strings.add(item.normalized_name), strings.add(item.version),
                             strings.add(item.dist_info), item.tree});
  }
  std::vector<NameRecord> names;
  std::vector<std::uint32_t> owners;
  // Twice as many slots as names: about one probe and a half for a hit, two for a miss.
  std::vector<std::uint32_t> slots(content.names.size() * 2 + 1, 0);
  for (const auto& name : content.names) {
    names.push_back({strings.add(name.name), name.kind, static_cast<std::uint32_t>(owners.size()),
                     static_cast<std::uint32_t>(name.owners.size())});
    owners.insert(owners.end(), name.owners.begin(), name.owners.end());
    std::size_t slot = hash64(name.name) % slots.size();
    while (slots[slot] != 0) {
      slot = (slot + 1) % slots.size();
    }
    slots[slot] = static_cast<std::uint32_t>(names.size());
  }
  std::vector<ScriptRecord> scripts;
  for (const auto& script : content.scripts) {
    scripts.push_back({strings.add(script.name), script.kind});
  }
  std::vector<VariableRecord> variables;
  for (const auto& variable : content.variables) {
    variables.push_back({strings.add(variable.name), strings.add(variable.value)});
  }
  std::vector<StringRef> source_paths;
  for (const auto& path : content.source_paths) {
    source_paths.push_back(strings.add(path));
  }

  using Part = ContainerBuilder::Part;
  ContainerBuilder out(kMagic, kVersion);
  out.add_records(kEnvironment, Part::hot, std::vector<EnvironmentRecord>{environment});
  out.add_records(kSlots, Part::hot, slots);
  out.add_records(kNames, Part::hot, names);
  out.add_records(kOwners, Part::hot, owners);
  out.add_records(kTrees, Part::hot, trees);
  out.add_records(kDistributions, Part::hot, distributions);
  out.add_records(kScripts, Part::hot, scripts);
  out.add_records(kVariables, Part::hot, variables);
  out.add_records(kSourcePaths, Part::hot, source_paths);
  out.add_section(kStrings, Part::hot, 0, strings.bytes());
  return out.finish();
}

}  // namespace pel
