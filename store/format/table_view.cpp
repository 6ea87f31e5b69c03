#include "store/format/table_view.hpp"

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

}  // namespace pel
