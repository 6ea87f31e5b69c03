#include "store/wheel/zip_header.hpp"

#include <algorithm>
#include <string>

#include "store/base/text.hpp"
#include "store/base/utf8.hpp"

namespace pel {
namespace {

// Numbers of APPNOTE.TXT 4.4.4, 4.4.5, 4.5 and 4.6.9.
constexpr std::uint32_t kNarrowMax = 0xFFFFFFFF;
constexpr std::uint16_t kEncrypted = 1U << 0U;
constexpr std::uint16_t kPatch = 1U << 5U;
constexpr std::uint16_t kStrongEncryption = 1U << 6U;
constexpr std::uint16_t kUtf8 = 1U << 11U;
constexpr std::uint16_t kMasked = 1U << 13U;
constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint16_t kUnicodePathExtra = 0x7075;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflate = 8;
constexpr std::uint32_t kDosDirectory = 0x10;

class HeaderReader {
 public:
  HeaderReader(ByteView archive, const ZipHeaderPlace& place, const Refusal& refusal) noexcept
      : archive_(archive), place_(place), refusal_(refusal) {}

  ZipHeader read(std::uint32_t local_offset) {
    const std::uint64_t at = place_.fields;
    header_ = {.name = archive_.text(place_.name, place_.name_size),
               .flags = archive_.u16(at),
               .method = archive_.u16(at + 2),
               .time = archive_.u16(at + 4),
               .date = archive_.u16(at + 6),
               .crc = archive_.u32(at + 8),
               .compressed_size = archive_.u32(at + 12),
               .size = archive_.u32(at + 16),
               .local_offset = local_offset};
    read_extra();
    return header_;
  }

 private:
  void read_extra();
  void read_zip64(std::uint64_t at, std::uint64_t size);

  ByteView archive_;
  const ZipHeaderPlace& place_;
  const Refusal& refusal_;
  ZipHeader header_;
};

void HeaderReader::read_extra() {
  std::uint64_t at = place_.name + place_.name_size;
  const std::uint64_t end = at + place_.extra_size;
  bool zip64 = false;
  while (at < end) {
    const std::uint64_t size = archive_.u16(at + 2);
    if (end - at < 4 || end - at - 4 < size) {
      refusal_.broken(header_.name, "its extra fields are malformed");
    }
    const std::uint16_t id = archive_.u16(at);
    if (id == kZip64Extra) {
      if (zip64) {
        refusal_.broken(header_.name, "it has two zip64 fields");
      }
      zip64 = true;
      read_zip64(at + 4, size);
    }
    // Some programs take the name from here. One version byte and a CRC precede it.
    if (id == kUnicodePathExtra && (size < 5 || archive_.text(at + 9, size - 5) != header_.name)) {
      refusal_.broken(header_.name, "its extra fields give it another name");
    }
    at += 4 + size;
  }
  if (!zip64 && (header_.size == kNarrowMax || header_.compressed_size == kNarrowMax ||
                 (place_.is_central && header_.local_offset == kNarrowMax))) {
    refusal_.broken(header_.name, "it needs a zip64 field and has none");
  }
}

void HeaderReader::read_zip64(std::uint64_t at, std::uint64_t size) {
  const std::uint64_t end = at + size;
  const auto widen = [&](std::uint64_t& number) {
    if (number != kNarrowMax) {
      return;
    }
    if (end - at < 8) {
      refusal_.broken(header_.name, "its zip64 field is too short");
    }
    number = archive_.u64(at);
    at += 8;
  };
  widen(header_.size);
  widen(header_.compressed_size);
  if (place_.is_central) {
    widen(header_.local_offset);
  }
}

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

void check_encoding(const ZipHeader& header, const Refusal& refusal) {
  const std::string_view name = header.name;
  if (name.empty()) {
    refusal.broken(name, "it has no name");
  }
  const bool ascii = std::ranges::none_of(name, [](char c) { return (c & 0x80) != 0; });
  if (!is_utf8(name) || (!ascii && (header.flags & kUtf8) == 0)) {
    refusal.broken(name, "its name is not UTF-8, or not marked as such");
  }
  if ((header.flags & (kEncrypted | kStrongEncryption | kMasked)) != 0) {
    refusal.broken(name, "it is encrypted");
  }
  if ((header.flags & kPatch) != 0 || (header.method != kStored && header.method != kDeflate)) {
    refusal.broken(name, concat("it is compressed by method ", std::to_string(header.method),
                                "; wheels use stored (0) and deflate (8) only"));
  }
  if (header.method == kStored && header.compressed_size != header.size) {
    refusal.broken(name, "it is stored, but its two sizes differ");
  }
}

}  // namespace

ZipHeader read_zip_header(ByteView archive, const ZipHeaderPlace& place, std::uint32_t local_offset,
                          const Refusal& refusal) {
  return HeaderReader(archive, place, refusal).read(local_offset);
}

void check_zip_kind(const ZipHeader& header, std::uint32_t attributes, const Refusal& refusal) {
  check_encoding(header, refusal);
  const std::string_view name = header.name;
  const bool is_directory = name.ends_with('/');
  const std::uint32_t type = attributes >> 16U & 0170000U;
  switch (type) {
    case 0:
      break;
    case 0100000:
    case 0040000:
      if ((type == 0040000) != is_directory) {
        refusal.broken(name, is_directory ? "it is a file with the name of a directory"
                                          : "it is a directory with the name of a file");
      }
      break;
    case 0120000:
      refusal.broken(name, "it is a symbolic link, not a file");
    case 0060000:
    case 0020000:
      refusal.broken(name, "it is a device, not a file");
    case 0010000:
      refusal.broken(name, "it is a fifo, not a file");
    case 0140000:
      refusal.broken(name, "it is a socket, not a file");
    default:
      refusal.broken(name, "it is neither a file nor a directory");
  }
  if ((attributes & kDosDirectory) != 0 && !is_directory) {
    refusal.broken(name, "it is a directory with the name of a file");
  }
  if (is_directory && header.size != 0) {
    refusal.broken(name, "it is a directory with content");
  }
}

std::int64_t zip_time(std::uint16_t date, std::uint16_t time) noexcept {
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

}  // namespace pel
