#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lock/lockfile.hpp"

namespace pel {

// Why a file of this size and digest is not the one that the lock names; nothing if it is.
[[nodiscard]] std::optional<std::string> mismatch(const LockedArtifact& wheel, std::uint64_t size,
                                                  const Sha256& digest);

// Reads a local file. Throws Error(not_found) or Error(io) when that is impossible, Error(corrupt)
// when it is not the file that the lock names.
void check_wheel_file(const LockedArtifact& wheel, const std::string& file);

}  // namespace pel
