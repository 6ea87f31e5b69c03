#include "store/base/sha256.hpp"

namespace pel {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kBase64Length = 43;

std::optional<unsigned> hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') {
    return static_cast<unsigned>(lower - 'a') + 10U;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Sha256> Sha256::parse_hex(std::string_view text) noexcept {
  Sha256 digest;
  if (text.size() != 2 * digest.bytes.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const auto high = hex_value(text[2 * i]);
    const auto low = hex_value(text[2 * i + 1]);
    if (!high || !low) {
      return std::nullopt;
    }
    digest.bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return digest;
}

std::optional<Sha256> Sha256::parse_base64(std::string_view text) noexcept {
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  if (text.size() != kBase64Length) {
    return std::nullopt;
  }
  Sha256 digest;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  std::size_t out = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      digest.bytes[out++] = static_cast<std::uint8_t>(bits >> bit_count & 0xFFU);
    }
  }
  if ((bits & ((1U << bit_count) - 1U)) != 0) {
    return std::nullopt;  // 43 characters hold 258 bits: the last two must be zero
  }
  return digest;
}

std::string Sha256::hex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string Sha256::base64() const {
  std::string text;
  text.reserve(kBase64Length);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      text += kBase64[bits >> bit_count & 63U];
    }
  }
  text += kBase64[bits << (6U - bit_count) & 63U];
  return text;
}

}  // namespace pel
