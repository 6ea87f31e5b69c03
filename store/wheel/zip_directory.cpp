#include "store/wheel/zip_directory.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "store/base/text.hpp"
#include "store/wheel/byte_view.hpp"
#include "store/wheel/utf8.hpp"
#include "store/wheel/zip_end.hpp"

namespace pel {
namespace {

// Numbers of APPNOTE.TXT 4.3.7, 4.3.9, 4.3.12, 4.4.4 and 4.5.
constexpr std::uint32_t kCentralSignature = 0x02014B50;
constexpr std::uint64_t kCentralSize = 46;
constexpr std::uint32_t kLocalSignature = 0x04034B50;
constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint32_t kDescriptorSignature = 0x08074B50;
constexpr std::uint32_t kNarrowMax = 0xFFFFFFFF;
constexpr std::uint16_t kEncrypted = 1U << 0U;
constexpr std::uint16_t kDescriptor = 1U << 3U;
constexpr std::uint16_t kPatch = 1U << 5U;
constexpr std::uint16_t kStrongEncryption = 1U << 6U;
constexpr std::uint16_t kUtf8 = 1U << 11U;
constexpr std::uint16_t kMasked = 1U << 13U;
constexpr std::uint16_t kCompressionLevel = (1U << 1U) | (1U << 2U);  // of no consequence
constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint16_t kUnicodePathExtra = 0x7075;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflate = 8;
constexpr std::uint32_t kDosDirectory = 0x10;

class DirectoryReader {
 public:
  DirectoryReader(ByteView archive, const Refusal& refusal) noexcept
      : archive_(archive), refusal_(refusal) {}

  std::vector<ZipMember> read();

 private:
  struct Header {
    std::uint64_t offset;  // of the fields that both kinds of header share, from "flags" on
    std::string_view name;
    std::uint64_t extra_offset;
    std::uint64_t extra_size;

    std::uint16_t flags, method;
    std::uint32_t crc;
    std::uint64_t compressed_size, size, local_offset;
  };

  std::uint64_t read_central(std::uint64_t offset, std::uint64_t end);
  void read_shared(Header& header) const;
  void read_extra(Header& header, bool has_offset) const;
  void read_zip64(Header& header, std::uint64_t at, std::uint64_t size, bool has_offset) const;
  void check_kind(const Header& header, std::uint32_t attributes) const;
  // Returns where the member ends: the next one must begin there.
  std::uint64_t check_local(const ZipMember& member, std::uint16_t flags,
                            std::uint64_t limit) const;
  [[nodiscard]] std::optional<std::uint64_t> descriptor_size(const ZipMember& member,
                                                             std::uint64_t offset,
                                                             std::uint64_t end) const;

  ByteView archive_;
  const Refusal& refusal_;
  std::vector<ZipMember> members_;
  std::vector<std::uint16_t> flags_;  // of members_, until they are sorted
};

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

// A DOS date cannot lie before 1980; one that is no date at all becomes 1980-01-01, because
// Python's zipfile refuses to pack anything older.
std::int64_t unix_time(std::uint16_t date, std::uint16_t time) noexcept {
  const unsigned month = date >> 5U & 15U;
  const unsigned day = date & 31U;
  if (month < 1 || month > 12 || day < 1) {
    return days_from_civil(1980, 1, 1) * 86'400;
  }
  const unsigned second = std::min(59U, (time & 31U) * 2);
  const unsigned minute = std::min(59U, time >> 5U & 63U);
  const unsigned hour = std::min(23U, static_cast<unsigned>(time >> 11U));
  return days_from_civil(1980 + (date >> 9U), month, day) * 86'400 + hour * 3600 + minute * 60 +
         second;
}

std::vector<ZipMember> DirectoryReader::read() {
  const ZipEnd end = find_zip_end(archive_, refusal_);
  // Each entry takes some room, so this bounds what a false count can make us allocate.
  if (end.member_count > end.directory_size / kCentralSize) {
    refusal_.damaged("its directory is shorter than its number of members");
  }
  members_.reserve(end.member_count);
  std::uint64_t offset = end.directory_offset;
  const std::uint64_t directory_end = end.directory_offset + end.directory_size;
  while (offset < directory_end && members_.size() < end.member_count) {
    offset = read_central(offset, directory_end);
  }
  if (offset != directory_end || members_.size() != end.member_count) {
    refusal_.damaged("its directory has another length than its end says");
  }

  std::vector<std::size_t> order(members_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return members_[i].offset; });
  std::vector<ZipMember> sorted;
  sorted.reserve(members_.size());
  std::uint64_t expected = 0;
  for (const std::size_t i : order) {
    const ZipMember& member = members_[i];
    if (member.offset < expected) {
      refusal_.broken(member.name, "it overlaps another member");
    }
    if (member.offset > expected) {
      refusal_.broken(member.name, "bytes that belong to no member lie before it");
    }
    expected = check_local(member, flags_[i], end.directory_offset);
    sorted.push_back(member);
  }
  if (expected != end.directory_offset) {
    refusal_.broken("bytes that belong to no member lie before its directory");
  }
  return sorted;
}

std::uint64_t DirectoryReader::read_central(std::uint64_t offset, std::uint64_t end) {
  if (end - offset < kCentralSize || archive_.u32(offset) != kCentralSignature) {
    refusal_.damaged("its directory is malformed");
  }
  const std::uint64_t name_size = archive_.u16(offset + 28);
  const std::uint64_t extra_size = archive_.u16(offset + 30);
  const std::uint64_t comment_size = archive_.u16(offset + 32);
  const std::uint64_t size = kCentralSize + name_size + extra_size + comment_size;
  if (end - offset < size) {
    refusal_.damaged("its directory is malformed");
  }
  Header header{};
  header.offset = offset + 8;
  header.name = archive_.text(offset + kCentralSize, name_size);
  header.extra_offset = offset + kCentralSize + name_size;
  header.extra_size = extra_size;
  header.local_offset = archive_.u32(offset + 42);
  read_shared(header);
  read_extra(header, true);
  const std::uint32_t attributes = archive_.u32(offset + 38);
  check_kind(header, attributes);
  if (archive_.u16(offset + 34) != 0) {
    refusal_.broken(header.name, "it lies on another part of a split archive");
  }
  members_.push_back({.name = header.name,
                      .offset = header.local_offset,
                      .compressed_size = header.compressed_size,
                      .size = header.size,
                      .crc = header.crc,
                      .method = header.method,
                      .mtime = unix_time(archive_.u16(offset + 14), archive_.u16(offset + 12)),
                      .is_directory = header.name.ends_with('/'),
                      .executable = (attributes >> 16U & 0111U) != 0});
  flags_.push_back(header.flags);
  return offset + size;
}

void DirectoryReader::read_shared(Header& header) const {
  header.flags = archive_.u16(header.offset);
  header.method = archive_.u16(header.offset + 2);
  header.crc = archive_.u32(header.offset + 8);
  header.compressed_size = archive_.u32(header.offset + 12);
  header.size = archive_.u32(header.offset + 16);
}

void DirectoryReader::read_extra(Header& header, bool has_offset) const {
  std::uint64_t at = header.extra_offset;
  const std::uint64_t end = header.extra_offset + header.extra_size;
  bool zip64 = false;
  while (at < end) {
    const std::uint64_t size = archive_.u16(at + 2);
    if (end - at < 4 || end - at - 4 < size) {
      refusal_.broken(header.name, "its extra fields are malformed");
    }
    const std::uint16_t id = archive_.u16(at);
    if (id == kZip64Extra) {
      if (zip64) {
        refusal_.broken(header.name, "it has two zip64 fields");
      }
      zip64 = true;
      read_zip64(header, at + 4, size, has_offset);
    }
    // Some programs take the name from here. One version byte and a CRC precede it.
    if (id == kUnicodePathExtra && (size < 5 || archive_.text(at + 9, size - 5) != header.name)) {
      refusal_.broken(header.name, "its extra fields give it another name");
    }
    at += 4 + size;
  }
  if (!zip64 && (header.size == kNarrowMax || header.compressed_size == kNarrowMax ||
                 (has_offset && header.local_offset == kNarrowMax))) {
    refusal_.broken(header.name, "it needs a zip64 field and has none");
  }
}

void DirectoryReader::read_zip64(Header& header, std::uint64_t at, std::uint64_t size,
                                 bool has_offset) const {
  const std::uint64_t end = at + size;
  const auto widen = [&](std::uint64_t& number) {
    if (number != kNarrowMax) {
      return;
    }
    if (end - at < 8) {
      refusal_.broken(header.name, "its zip64 field is too short");
    }
    number = archive_.u64(at);
    at += 8;
  };
  widen(header.size);
  widen(header.compressed_size);
  if (has_offset) {
    widen(header.local_offset);
  }
}

void DirectoryReader::check_kind(const Header& header, std::uint32_t attributes) const {
  const std::string_view name = header.name;
  if (name.empty()) {
    refusal_.broken(name, "it has no name");
  }
  const bool ascii = std::ranges::none_of(name, [](char c) { return (c & 0x80) != 0; });
  if (!is_utf8(name) || (!ascii && (header.flags & kUtf8) == 0)) {
    refusal_.broken(name, "its name is not UTF-8, or not marked as such");
  }
  if ((header.flags & (kEncrypted | kStrongEncryption | kMasked)) != 0) {
    refusal_.broken(name, "it is encrypted");
  }
  if ((header.flags & kPatch) != 0 || (header.method != kStored && header.method != kDeflate)) {
    refusal_.broken(name, concat("it is compressed by method ", std::to_string(header.method),
                                 "; wheels use stored (0) and deflate (8) only"));
  }
  if (header.method == kStored && header.compressed_size != header.size) {
    refusal_.broken(name, "it is stored, but its two sizes differ");
  }
  const bool is_directory = name.ends_with('/');
  const std::uint32_t type = attributes >> 16U & 0170000U;
  switch (type) {
    case 0:
      break;
    case 0100000:
    case 0040000:
      if ((type == 0040000) != is_directory) {
        refusal_.broken(name, is_directory ? "it is a file with the name of a directory"
                                           : "it is a directory with the name of a file");
      }
      break;
    case 0120000:
      refusal_.broken(name, "it is a symbolic link, not a file");
    case 0060000:
    case 0020000:
      refusal_.broken(name, "it is a device, not a file");
    case 0010000:
      refusal_.broken(name, "it is a fifo, not a file");
    case 0140000:
      refusal_.broken(name, "it is a socket, not a file");
    default:
      refusal_.broken(name, "it is neither a file nor a directory");
  }
  if ((attributes & kDosDirectory) != 0 && !is_directory) {
    refusal_.broken(name, "it is a directory with the name of a file");
  }
  if (is_directory && header.size != 0) {
    refusal_.broken(name, "it is a directory with content");
  }
}

std::uint64_t DirectoryReader::check_local(const ZipMember& member, std::uint16_t flags,
                                           std::uint64_t limit) const {
  const std::uint64_t offset = member.offset;
  if (offset > limit || limit - offset < kLocalSize || archive_.u32(offset) != kLocalSignature) {
    refusal_.damaged(member.name, "there is no header where the directory says");
  }
  Header header{};
  header.offset = offset + 6;
  const std::uint64_t name_size = archive_.u16(offset + 26);
  header.extra_offset = offset + kLocalSize + name_size;
  header.extra_size = archive_.u16(offset + 28);
  const std::uint64_t data = header.extra_offset + header.extra_size;
  if (data > limit || limit - data < member.compressed_size) {
    refusal_.damaged(member.name, "it reaches into the archive's directory");
  }
  header.name = archive_.text(offset + kLocalSize, name_size);
  const auto differs = [&](std::string_view what) {
    refusal_.broken(member.name, concat("its header and the archive's directory differ in ", what));
  };
  if (header.name != member.name) {
    differs(concat("its name, ", quote(header.name), " in the header"));
  }
  read_shared(header);
  read_extra(header, false);
  if (((header.flags ^ flags) & static_cast<std::uint16_t>(~kCompressionLevel)) != 0) {
    differs("its flags");
  }
  if (header.method != member.method) {
    differs("the compression method");
  }
  // A writer that could not seek back leaves zeros and says the numbers behind the data.
  const bool described = (flags & kDescriptor) != 0;
  const auto same = [&](std::uint64_t local, std::uint64_t central) {
    return local == central || (described && local == 0);
  };
  if (!same(header.crc, member.crc)) {
    differs("the CRC");
  }
  if (!same(header.compressed_size, member.compressed_size) || !same(header.size, member.size)) {
    differs("its size");
  }
  const std::uint64_t end = data + member.compressed_size;
  if (!described) {
    return end;
  }
  const auto size = descriptor_size(member, end, limit);
  if (!size) {
    differs("its data descriptor");
  }
  return end + *size;
}

std::optional<std::uint64_t> DirectoryReader::descriptor_size(const ZipMember& member,
                                                              std::uint64_t offset,
                                                              std::uint64_t end) const {
  const std::uint64_t room = end - offset;
  for (const std::uint64_t signature : {std::uint64_t{4}, std::uint64_t{0}}) {
    if (signature != 0 && archive_.u32(offset) != kDescriptorSignature) {
      continue;
    }
    const std::uint64_t at = offset + signature;
    if (room < signature + 12 || archive_.u32(at) != member.crc) {
      continue;
    }
    // What follows tells the two widths apart: the next header, or the directory.
    const auto followed = [&](std::uint64_t size) {
      const std::uint64_t next = offset + size;
      return next == end || archive_.u32(next) == kLocalSignature;
    };
    if (archive_.u32(at + 4) == member.compressed_size && archive_.u32(at + 8) == member.size &&
        followed(signature + 12)) {
      return signature + 12;
    }
    if (room >= signature + 20 && archive_.u64(at + 4) == member.compressed_size &&
        archive_.u64(at + 12) == member.size && followed(signature + 20)) {
      return signature + 20;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                          const Refusal& refusal) {
  return DirectoryReader(ByteView(archive), refusal).read();
}

}  // namespace pel
