#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/base/sha256.hpp"
#include "store/format/index_builder.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {

// What a wheel may grow to. The largest known wheels have 21,488 files and 1.3 GB; deflate itself
// ends at a ratio of 1032.
struct UnpackLimits {
  std::uint64_t max_files = 400'000;  // members; and, counted apart, the directories they lie in
  std::uint64_t max_total_bytes = std::uint64_t{64} << 30;
  std::uint64_t max_ratio = 300;  // of all unpacked bytes to the archive's
  std::uint64_t ratio_free_bytes = std::uint64_t{64} << 20;  // below that any ratio will do
};

// Who answers for the bytes of a wheel.
enum class Trust {
  lock,    // a lock gives the sha256: mistakes in RECORD are recorded as warnings
  nobody,  // a file from anywhere: a mistake in RECORD is an error
};

// A wheel that lies in memory and has the digest given.
struct WheelSource {
  std::string path;  // for messages
  WheelName name;
  Sha256 sha256;
  std::span<const std::byte> bytes;
};

struct UnpackedWheel {
  IndexedTree tree;
  std::string index_bytes;  // what was written to INDEX
};

// Unpacks a wheel into `target`, an empty directory that nobody else can write to: the tree of
// one stored wheel, INDEX included. Files become 0444 or 0555, directories below the top 0555; the
// mode of the top is left alone. Modification times are those of the archive, read as UTC, and
// never before 1980. Names that differ in the case of letters only are different names: the store
// needs a file system that keeps them apart.
//
// Throws Error(corrupt) "cannot unpack wheel <path>: …" for a wheel that breaks a rule, and
// Error(io) when the system refuses. What was written by then stays: the caller removes `target`.
[[nodiscard]] UnpackedWheel unpack_wheel(const WheelSource& wheel, const std::string& target,
                                         Trust trust, const UnpackLimits& limits = {});

}  // namespace pel
