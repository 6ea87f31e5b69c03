#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pel {

// XXH3-64 of `bytes`: finds damage and spreads keys. No defence against somebody who chooses the
// bytes; that is what Sha256 is for.
[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::uint64_t hash64(std::string_view text) noexcept;

}  // namespace pel
