#include "store/format/index_view.hpp"

namespace pel {

using namespace index_format;  // NOLINT(google-build-using-namespace): this file reads that format

std::optional<IndexView> IndexView::open(std::span<const std::byte> bytes,
                                         const char*& reason) noexcept {
  const auto container = ContainerView::open(bytes, kMagic, kVersion, reason);
  if (!container) {
    return std::nullopt;
  }
  IndexView view;
  view.container_ = *container;
  view.strings_ = container->text(kStrings);
  view.directories_ = container->records<DirectoryRecord>(kDirectories);
  view.entries_ = container->records<index_format::EntryRecord>(kEntries);
  const auto trees = container->records<TreeRecord>(kTree);
  if (trees.size() != 1 || view.directories_.empty()) {
    reason = "it describes no tree";
    return std::nullopt;
  }
  view.tree_ = trees[0];
  return view;
}

std::optional<std::uint32_t> IndexView::directory(std::uint32_t from,
                                                  std::string_view path) const noexcept {
  std::uint32_t current = from;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const auto found = entry(current, path.substr(0, slash));
    if (!found || found->kind != EntryKind::directory || found->target >= directories_.size()) {
      return std::nullopt;
    }
    current = found->target;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return current;
}

std::optional<IndexView::EntryRecord> IndexView::entry(std::uint32_t directory,
                                                       std::string_view name) const noexcept {
  const RecordSpan<EntryRecord> all = entries(directory);
  std::size_t low = 0;
  std::size_t high = all.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const EntryRecord candidate = all[middle];
    const int order = text(candidate.name).compare(name);
    if (order == 0) {
      return candidate;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

RecordSpan<IndexView::EntryRecord> IndexView::entries(std::uint32_t directory) const noexcept {
  const DirectoryRecord record = directory_at(directory);
  return entries_.part(record.first_entry, record.entry_count);
}

DirectoryRecord IndexView::directory_at(std::uint32_t directory) const noexcept {
  return directories_[directory];
}

std::uint32_t IndexView::directory_count() const noexcept {
  return static_cast<std::uint32_t>(directories_.size());
}

RecordSpan<EntryPointRecord> IndexView::entry_points() const noexcept {
  return container_.records<EntryPointRecord>(kEntryPoints);
}

RecordSpan<ScriptRecord> IndexView::scripts() const noexcept {
  return container_.records<ScriptRecord>(kScripts);
}

RecordSpan<StringRef> IndexView::start_files() const noexcept {
  return container_.records<StringRef>(kStartFiles);
}

RecordSpan<FileRecord> IndexView::files() const noexcept {
  return container_.records<FileRecord>(kFiles);
}

RecordSpan<ElfRecord> IndexView::elf_files() const noexcept {
  return container_.records<ElfRecord>(kElfFiles);
}

RecordSpan<StringRef> IndexView::elf_needed() const noexcept {
  return container_.records<StringRef>(kElfNeeded);
}

RecordSpan<StringRef> IndexView::warnings() const noexcept {
  return container_.records<StringRef>(kWarnings);
}

std::string_view IndexView::record() const noexcept {
  return container_.text(kRecord);
}

}  // namespace pel
