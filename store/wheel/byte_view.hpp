#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pel {

// Little-endian numbers and text in foreign bytes. Nothing is read outside of them: a number that
// does not fit reads as zero, a range that does not fit is absent.
class ByteView {
 public:
  explicit ByteView(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size(); }

  [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t length) const noexcept {
    return length <= bytes_.size() && offset <= bytes_.size() - length;
  }

  template <std::unsigned_integral Number>
  [[nodiscard]] Number number(std::uint64_t offset) const noexcept {
    if (!has(offset, sizeof(Number))) {
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Number); i > 0; --i) {
      value = value << 8U | std::to_integer<std::uint64_t>(bytes_[offset + i - 1]);
    }
    return static_cast<Number>(value);
  }

  [[nodiscard]] std::uint16_t u16(std::uint64_t offset) const noexcept {
    return number<std::uint16_t>(offset);
  }

  [[nodiscard]] std::uint32_t u32(std::uint64_t offset) const noexcept {
    return number<std::uint32_t>(offset);
  }

  [[nodiscard]] std::uint64_t u64(std::uint64_t offset) const noexcept {
    return number<std::uint64_t>(offset);
  }

  [[nodiscard]] std::optional<std::span<const std::byte>> range(
      std::uint64_t offset, std::uint64_t length) const noexcept {
    if (!has(offset, length)) {
      return std::nullopt;
    }
    return bytes_.subspan(offset, length);
  }

  // Empty when it does not fit.
  [[nodiscard]] std::string_view text(std::uint64_t offset, std::uint64_t length) const noexcept {
    if (!has(offset, length)) {
      return {};
    }
    return {reinterpret_cast<const char*>(bytes_.data()) + offset, length};
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace pel
