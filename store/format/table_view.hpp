#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "store/format/table_format.hpp"

namespace pel {

// Reads a table that lies in memory, which must outlive the view. Never throws. Immutable.
class TableView {
 public:
  TableView() noexcept = default;

  [[nodiscard]] static std::optional<TableView> open(std::span<const std::byte> bytes,
                                                     const char*& reason) noexcept;

  [[nodiscard]] table_format::EnvironmentRecord environment() const noexcept {
    return environment_;
  }

  [[nodiscard]] std::string_view text(StringRef ref) const noexcept {
    return resolve(strings_, ref);
  }

  [[nodiscard]] RecordSpan<table_format::TreeRecord> trees() const noexcept { return trees_; }

  [[nodiscard]] RecordSpan<table_format::DistributionRecord> distributions() const noexcept;

  [[nodiscard]] RecordSpan<table_format::NameRecord> names() const noexcept { return names_; }

  // The record of a top-level name; one probe of a hash table as a rule.
  [[nodiscard]] std::optional<table_format::NameRecord> find(std::string_view name) const noexcept;

  // The tree number of the index-th owner of a name; kNoTree when out of range.
  static constexpr std::uint32_t kNoTree = 0xFFFFFFFFU;
  [[nodiscard]] std::uint32_t owner(const table_format::NameRecord& name,
                                    std::uint32_t index) const noexcept;

  [[nodiscard]] RecordSpan<table_format::ScriptRecord> scripts() const noexcept;
  [[nodiscard]] std::optional<table_format::ScriptRecord> script(
      std::string_view name) const noexcept;
  [[nodiscard]] RecordSpan<table_format::VariableRecord> variables() const noexcept;
  [[nodiscard]] RecordSpan<StringRef> source_paths() const noexcept;

 private:
  ContainerView container_;
  std::string_view strings_;
  table_format::EnvironmentRecord environment_;
  RecordSpan<table_format::TreeRecord> trees_;
  RecordSpan<table_format::NameRecord> names_;
  RecordSpan<std::uint32_t> slots_;
  RecordSpan<std::uint32_t> owners_;
};

}  // namespace pel
