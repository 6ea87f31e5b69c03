#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/format/index_format.hpp"

namespace pel {

// Reads an INDEX that lies in memory, which must outlive the view and all text it returns. Never
// throws on any bytes; damage that the checksum does not show ends in a miss. Immutable.
class IndexView {
 public:
  using EntryRecord = index_format::EntryRecord;

  IndexView() noexcept = default;

  // Nothing if the bytes are no INDEX of this version; `reason` is then a constant that says why.
  [[nodiscard]] static std::optional<IndexView> open(std::span<const std::byte> bytes,
                                                     const char*& reason) noexcept;

  [[nodiscard]] index_format::TreeRecord tree() const noexcept { return tree_; }

  [[nodiscard]] std::string_view text(StringRef ref) const noexcept {
    return resolve(strings_, ref);
  }

  [[nodiscard]] std::string_view cold_text(StringRef ref) const noexcept {
    return resolve(container_.text(index_format::kColdStrings), ref);
  }

  // The number of the directory `path` below `from`, such as "google/cloud"; "" is `from` itself.
  [[nodiscard]] std::optional<std::uint32_t> directory(std::uint32_t from,
                                                       std::string_view path) const noexcept;

  // The entry of that name in a directory, by binary search.
  [[nodiscard]] std::optional<EntryRecord> entry(std::uint32_t directory,
                                                 std::string_view name) const noexcept;

  // What a directory holds, sorted by name. None where there is no such directory.
  [[nodiscard]] RecordSpan<EntryRecord> entries(std::uint32_t directory) const noexcept;
  [[nodiscard]] index_format::DirectoryRecord directory_at(std::uint32_t directory) const noexcept;
  [[nodiscard]] std::uint32_t directory_count() const noexcept;

  [[nodiscard]] RecordSpan<index_format::EntryPointRecord> entry_points() const noexcept;
  [[nodiscard]] RecordSpan<index_format::ScriptRecord> scripts() const noexcept;
  [[nodiscard]] RecordSpan<StringRef> start_files() const noexcept;

  // Cold: call cold_is_intact() before you believe them.
  [[nodiscard]] bool cold_is_intact() const noexcept { return container_.cold_is_intact(); }

  [[nodiscard]] RecordSpan<index_format::FileRecord> files() const noexcept;
  [[nodiscard]] RecordSpan<index_format::ElfRecord> elf_files() const noexcept;
  [[nodiscard]] RecordSpan<StringRef> elf_needed() const noexcept;
  [[nodiscard]] RecordSpan<StringRef> warnings() const noexcept;
  [[nodiscard]] std::string_view record() const noexcept;

 private:
  ContainerView container_;
  std::string_view strings_;
  RecordSpan<index_format::DirectoryRecord> directories_;
  RecordSpan<EntryRecord> entries_;
  index_format::TreeRecord tree_;
};

}  // namespace pel
