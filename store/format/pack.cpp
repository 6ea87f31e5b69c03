#include "store/format/pack.hpp"

#include <algorithm>

#include "store/base/hash.hpp"
#include "store/base/text.hpp"

namespace pel {

using namespace pack_format;  // NOLINT(google-build-using-namespace): this file is that format

namespace {

constexpr std::size_t kCodeAlignment = 16;

}  // namespace

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

void PackBuilder::add(std::uint32_t file, std::string_view marshalled_code) {
  data_.resize((data_.size() + kCodeAlignment - 1) / kCodeAlignment * kCodeAlignment, '\0');
  codes_.push_back({file, static_cast<std::uint32_t>(marshalled_code.size()), data_.size(),
                    hash64(marshalled_code)});
  data_ += marshalled_code;
}

std::string PackBuilder::finish() {
  std::ranges::sort(codes_, {}, &CodeRecord::file);
  ContainerBuilder out(kMagic, kVersion);
  out.add_records(kHead, ContainerBuilder::Part::hot, std::vector<HeadRecord>{head_});
  out.add_records(kCodes, ContainerBuilder::Part::hot, codes_);
  out.add_section(kData, ContainerBuilder::Part::cold, 0, std::as_bytes(std::span(data_)));
  return out.finish();
}

std::string pack_file_name(std::string_view cache_tag, std::uint32_t optimization) {
  if (optimization == 0) {
    return concat(cache_tag, ".pack");
  }
  return concat(cache_tag, ".opt-", std::to_string(optimization), ".pack");
}

}  // namespace pel
