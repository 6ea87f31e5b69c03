#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "store/wheel/refusal.hpp"

namespace pel {

// One member of a zip archive, as its central directory describes it.
struct ZipMember {
  std::string_view name;     // UTF-8, never empty; that of a directory ends in '/'
  std::uint64_t offset = 0;  // of the local header
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflate
  std::int64_t mtime = 0;    // seconds since 1970, the archive's local time read as UTC
  bool is_directory = false;
  bool executable = false;
};

// Reads the directory of a zip archive that lies in memory, and holds every local header against
// it, so that no two programs can see different members in these bytes. The members come in the
// order in which they lie in the archive; names refer to `archive`.
//
// Refused: bytes that belong to no member, before, between or behind them; members that overlap;
// members whose two headers differ; encryption; methods other than stored and deflate; several
// disks; names that are not UTF-8; links and other special files. Zip64 and data descriptors are
// understood. That a name is safe as a path is not checked here (member_path.hpp), nor the content.
[[nodiscard]] std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                                        const Refusal& refusal);

}  // namespace pel
