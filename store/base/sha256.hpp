#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pel {

// A SHA-256 digest. The hasher that makes one of bytes is in store/wheel/sha256_hasher.hpp, so
// that the hot path does not link a cryptographic library.
struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  // 64 hexadecimal digits of either case, or nothing.
  [[nodiscard]] static std::optional<Sha256> parse_hex(std::string_view text) noexcept;

  // RECORD's form: URL-safe base64 without padding (PEP 376, PEP 427), or nothing.
  [[nodiscard]] static std::optional<Sha256> parse_base64(std::string_view text) noexcept;

  [[nodiscard]] std::string hex() const;     // 64 lower-case digits
  [[nodiscard]] std::string base64() const;  // 43 characters, as RECORD has them

  friend auto operator<=>(const Sha256&, const Sha256&) = default;
};

}  // namespace pel
