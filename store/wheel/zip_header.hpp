#pragma once

#include <cstdint>
#include <string_view>

#include "store/wheel/byte_view.hpp"
#include "store/wheel/refusal.hpp"

namespace pel {

// Bits of ZipHeader::flags (APPNOTE.TXT 4.4.4).
inline constexpr std::uint16_t kZipDescriptorFlag = 1U << 3U;
inline constexpr std::uint16_t kZipCompressionLevelFlags = (1U << 1U) | (1U << 2U);

// Where a header of a member lies in an archive. Both kinds of header, the local one and that of
// the central directory, share a run of fields.
struct ZipHeaderPlace {
  std::uint64_t fields = 0;  // of the shared fields, from "flags" on
  std::uint64_t name = 0;
  std::uint64_t name_size = 0;
  std::uint64_t extra_size = 0;  // the extra fields follow the name
  bool is_central = false;
};

// What a header says; sizes and offset are those of zip64 where it has such a field.
struct ZipHeader {
  std::string_view name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t time = 0;  // as DOS packs it
  std::uint16_t date = 0;
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t local_offset = 0;  // central headers only
};

// All of `place` must lie inside of the archive. Refuses malformed extra fields, and those that
// give the member another name.
[[nodiscard]] ZipHeader read_zip_header(ByteView archive, const ZipHeaderPlace& place,
                                        std::uint32_t local_offset, const Refusal& refusal);

// Refuses a member that is no plain file or directory, is encrypted, compressed in another way
// than by deflate, or has a name that is not UTF-8. `attributes` are the external ones.
void check_zip_kind(const ZipHeader& header, std::uint32_t attributes, const Refusal& refusal);

// Seconds since 1970 of a DOS time, read as UTC. A DOS date cannot lie before 1980; one that is no
// date at all is 1980-01-01, because Python's zipfile refuses to pack anything older.
[[nodiscard]] std::int64_t zip_time(std::uint16_t date, std::uint16_t time) noexcept;

}  // namespace pel
