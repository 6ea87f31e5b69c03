#include "store/format/table.hpp"

#include <algorithm>

#include "store/base/hash.hpp"

namespace pel {

using namespace table_format;  // NOLINT(google-build-using-namespace): this file is that format

std::optional<TableView> TableView::open(std::span<const std::byte> bytes,
                                         const char*& reason) noexcept {
  const auto container = ContainerView::open(bytes, kMagic, kVersion, reason);
  if (!container) {
    return std::nullopt;
  }
  const auto environments = container->records<EnvironmentRecord>(kEnvironment);
  if (environments.size() != 1) {
    reason = "it describes no environment";
    return std::nullopt;
  }
  TableView view;
  view.container_ = *container;
  view.strings_ = container->text(kStrings);
  view.environment_ = environments[0];
  view.trees_ = container->records<TreeRecord>(kTrees);
  view.names_ = container->records<NameRecord>(kNames);
  view.slots_ = container->records<std::uint32_t>(kSlots);
  view.owners_ = container->records<std::uint32_t>(kOwners);
  return view;
}

RecordSpan<DistributionRecord> TableView::distributions() const noexcept {
  return container_.records<DistributionRecord>(kDistributions);
}

std::optional<NameRecord> TableView::find(std::string_view name) const noexcept {
  const std::size_t slot_count = slots_.size();
  if (slot_count == 0) {
    return std::nullopt;
  }
  std::size_t slot = hash64(name) % slot_count;
  for (std::size_t probes = 0; probes < slot_count; ++probes) {
    const std::uint32_t number = slots_[slot];
    if (number == 0) {
      return std::nullopt;
    }
    const NameRecord record = names_[number - 1];
    if (number <= names_.size() && text(record.name) == name) {
      return record;
    }
    slot = slot + 1 == slot_count ? 0 : slot + 1;
  }
  return std::nullopt;
}

std::uint32_t TableView::owner(const NameRecord& name, std::uint32_t index) const noexcept {
  const std::uint64_t position = std::uint64_t{name.first_owner} + index;
  if (index >= name.owner_count || position >= owners_.size()) {
    return kNoTree;
  }
  const std::uint32_t tree = owners_[position];
  return tree < trees_.size() ? tree : kNoTree;
}

RecordSpan<ScriptRecord> TableView::scripts() const noexcept {
  return container_.records<ScriptRecord>(kScripts);
}

std::optional<ScriptRecord> TableView::script(std::string_view name) const noexcept {
  const RecordSpan<ScriptRecord> all = scripts();
  std::size_t low = 0;
  std::size_t high = all.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const int order = text(all[middle].name).compare(name);
    if (order == 0) {
      return all[middle];
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

RecordSpan<VariableRecord> TableView::variables() const noexcept {
  return container_.records<VariableRecord>(kVariables);
}

RecordSpan<StringRef> TableView::source_paths() const noexcept {
  return container_.records<StringRef>(kSourcePaths);
}

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
