#include "store/format/pack_view.hpp"

#include "store/base/hash.hpp"

namespace pel {

using namespace pack_format;  // NOLINT(google-build-using-namespace): this file reads that format

std::optional<PackView> PackView::open(std::span<const std::byte> bytes,
                                       std::uint32_t bytecode_magic, std::uint32_t optimization,
                                       const char*& reason) noexcept {
  const auto container = ContainerView::open(bytes, kMagic, kVersion, reason);
  if (!container) {
    return std::nullopt;
  }
  const auto head = container->records<HeadRecord>(kHead);
  if (head.size() != 1 || head[0].bytecode_magic != bytecode_magic ||
      head[0].optimization != optimization) {
    reason = "it is for another interpreter";
    return std::nullopt;
  }
  PackView view;
  view.codes_ = container->records<CodeRecord>(kCodes);
  view.data_ = container->section(kData);
  return view;
}

PackView::Lookup PackView::find(std::uint32_t file,
                                std::span<const std::byte>& code) const noexcept {
  std::size_t low = 0;
  std::size_t high = codes_.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const CodeRecord record = codes_[middle];
    if (record.file < file) {
      low = middle + 1;
    } else if (record.file > file) {
      high = middle;
    } else {
      if (record.offset > data_.size() || record.size > data_.size() - record.offset) {
        return Lookup::damaged;
      }
      const auto bytes = data_.subspan(record.offset, record.size);
      if (hash64(bytes) != record.hash) {
        return Lookup::damaged;
      }
      code = bytes;
      return Lookup::found;
    }
  }
  return Lookup::absent;
}

}  // namespace pel
