#include "store/wheel/zip_end.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "store/base/text.hpp"

namespace pel {
namespace {

// Numbers of APPNOTE.TXT 4.3.14 to 4.3.16.
constexpr std::string_view kEndSignature("PK\5\6", 4);
constexpr std::uint64_t kEndSize = 22;
constexpr std::uint32_t kEnd64Signature = 0x06064B50;
constexpr std::uint64_t kEnd64Size = 56;
constexpr std::uint32_t kLocatorSignature = 0x07064B50;
constexpr std::uint64_t kLocatorSize = 20;
constexpr std::uint64_t kLongestComment = 0xFFFF;
constexpr std::uint64_t kLongestReadComment = 16'000;  // libarchive looks no further for the end

std::uint64_t find_end_record(const ByteView& archive, const Refusal& refusal) {
  if (archive.size() < kEndSize) {
    refusal.damaged("it is cut short, or no zip archive");
  }
  const std::uint64_t first = archive.size() - std::min(archive.size(), kEndSize + kLongestComment);
  std::optional<std::uint64_t> found;
  bool elsewhere = false;
  const std::string_view tail = archive.text(first, archive.size() - first);
  for (std::size_t at = tail.find(kEndSignature); at != std::string_view::npos;
       at = tail.find(kEndSignature, at + 1)) {
    const std::uint64_t offset = first + at;
    if (!archive.has(offset, kEndSize) ||
        offset + kEndSize + archive.u16(offset + 20) != archive.size()) {
      elsewhere = true;
      continue;
    }
    if (found) {
      refusal.broken("it has two ends: its comment hides another archive");
    }
    found = offset;
  }
  if (!found) {
    refusal.damaged(elsewhere ? "bytes follow its end" : "it is cut short, or no zip archive");
  }
  if (const std::uint16_t size = archive.u16(*found + 20); size > kLongestReadComment) {
    refusal.broken(concat("its comment has ", std::to_string(size), " bytes, more than ",
                          std::to_string(kLongestReadComment)));
  }
  return *found;
}

// Whether `narrow` may stand beside `wide`: the same number, or the mark for "see there".
template <class Narrow>
bool agrees(Narrow narrow, std::uint64_t wide) noexcept {
  return narrow == static_cast<Narrow>(-1) || narrow == wide;
}

// Replaces the numbers of `end` by those of zip64's record. Returns the offset of that record.
std::uint64_t read_zip64(const ByteView& archive, std::uint64_t end_offset, ZipEnd& end,
                         const Refusal& refusal) {
  const std::uint64_t locator = end_offset - kLocatorSize;
  const std::uint64_t offset = archive.u64(locator + 8);
  if (archive.u32(locator + 4) != 0 || archive.u32(locator + 16) > 1) {
    refusal.broken("it is one part of a split archive");
  }
  if (!archive.has(offset, kEnd64Size) || archive.u32(offset) != kEnd64Signature ||
      archive.u64(offset + 4) != kEnd64Size - 12 || offset + kEnd64Size != locator) {
    refusal.broken("its zip64 end record is malformed");
  }
  const ZipEnd wide{.directory_offset = archive.u64(offset + 48),
                    .directory_size = archive.u64(offset + 40),
                    .member_count = archive.u64(offset + 32)};
  if (archive.u32(offset + 16) != 0 || archive.u32(offset + 20) != 0 ||
      archive.u64(offset + 24) != wide.member_count) {
    refusal.broken("it is one part of a split archive");
  }
  if (!agrees(archive.u16(end_offset + 10), wide.member_count) ||
      !agrees(archive.u32(end_offset + 12), wide.directory_size) ||
      !agrees(archive.u32(end_offset + 16), wide.directory_offset)) {
    refusal.broken("its two end records differ");
  }
  end = wide;
  return offset;
}

}  // namespace

ZipEnd find_zip_end(const ByteView archive, const Refusal& refusal) {
  const std::uint64_t offset = find_end_record(archive, refusal);
  ZipEnd end{.directory_offset = archive.u32(offset + 16),
             .directory_size = archive.u32(offset + 12),
             .member_count = archive.u16(offset + 10)};
  std::uint64_t directory_end = offset;
  if (offset >= kLocatorSize && archive.u32(offset - kLocatorSize) == kLocatorSignature) {
    directory_end = read_zip64(archive, offset, end, refusal);
  } else if (archive.u16(offset + 4) != 0 || archive.u16(offset + 6) != 0 ||
             archive.u16(offset + 8) != archive.u16(offset + 10)) {
    refusal.broken("it is one part of a split archive");
  }
  if (end.directory_size > directory_end ||
      end.directory_offset != directory_end - end.directory_size) {
    refusal.damaged("its directory is not where its end says: bytes are missing or added");
  }
  return end;
}

}  // namespace pel
