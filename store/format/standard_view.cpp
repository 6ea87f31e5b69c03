#include "store/format/standard_view.hpp"

#include "store/base/hash.hpp"

namespace pel {

// NOLINTNEXTLINE(google-build-using-namespace): this file reads that format
using namespace standard_format;

namespace {

constexpr std::string_view kPrefix = "standard@";

// Of the records [first, first + count), sorted by text_of, the number of the one that has it.
template <class TextOf>
std::optional<std::uint32_t> search(std::uint32_t first, std::uint32_t count, std::string_view text,
                                    TextOf text_of) noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = count;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = text_of(first + middle).compare(text);
    if (order == 0) {
      return first + middle;
    }
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

}  // namespace

StandardPackId::StandardPackId(std::string_view base_executable) noexcept : text_{} {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::size_t at = 0;
  for (const char c : kPrefix) {
    text_[at++] = c;
  }
  std::uint64_t hash = hash64(base_executable);
  for (; at < text_.size(); ++at) {
    text_[at] = kDigits[hash >> 60U];
    hash <<= 4U;
  }
}

bool StandardPackId::is_one(std::string_view id) noexcept {
  return id.starts_with(kPrefix);
}

std::optional<StandardView> StandardView::open(std::span<const std::byte> bytes,
                                               std::uint32_t bytecode_magic,
                                               std::uint32_t optimization,
                                               const char*& reason) noexcept {
  const auto pack = PackView::open(bytes, bytecode_magic, optimization, reason);
  if (!pack) {
    return std::nullopt;
  }
  const auto container =
      ContainerView::open(bytes, pack_format::kMagic, pack_format::kVersion, reason);
  StandardView view;
  view.pack_ = *pack;
  view.strings_ = container->text(kStrings);
  view.directories_ = container->records<DirectoryRecord>(kDirectories);
  view.modules_ = container->records<ModuleRecord>(kModules);
  if (view.directories_.empty()) {
    reason = "it is not of a standard library";
    return std::nullopt;
  }
  return view;
}

std::optional<std::uint32_t> StandardView::directory(std::string_view path) const noexcept {
  return search(0, static_cast<std::uint32_t>(directories_.size()), path,
                [this](std::uint32_t i) { return text(directories_[i].path); });
}

std::optional<std::uint32_t> StandardView::module(std::uint32_t directory,
                                                  std::string_view name) const noexcept {
  const DirectoryRecord record = directories_[directory];
  if (record.first_module > modules_.size() ||
      record.module_count > modules_.size() - record.first_module) {
    return std::nullopt;
  }
  return search(record.first_module, record.module_count, name,
                [this](std::uint32_t i) { return text(modules_[i].name); });
}

}  // namespace pel
