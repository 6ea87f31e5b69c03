#pragma once

#include <cstdint>

#include "store/wheel/byte_view.hpp"
#include "store/wheel/refusal.hpp"

namespace pel {

// Where the central directory of a zip archive lies, and how many members it lists.
struct ZipEnd {
  std::uint64_t directory_offset = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t member_count = 0;
};

// Finds and checks the records at the end of an archive, zip64's included. The directory that it
// returns lies inside of `archive` and ends where those records begin.
[[nodiscard]] ZipEnd find_zip_end(ByteView archive, const Refusal& refusal);

}  // namespace pel
