#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "store/format/pack_format.hpp"

namespace pel {

// Reads a pack that lies in memory, which must outlive the view. Never throws. Immutable.
class PackView {
 public:
  PackView() noexcept = default;

  [[nodiscard]] static std::optional<PackView> open(std::span<const std::byte> bytes,
                                                    std::uint32_t bytecode_magic,
                                                    std::uint32_t optimization,
                                                    const char*& reason) noexcept;

  enum class Lookup { found, absent, damaged };

  // The marshalled code of a file, its hash checked; `code` is set only when found.
  [[nodiscard]] Lookup find(std::uint32_t file, std::span<const std::byte>& code) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return codes_.size(); }

  [[nodiscard]] pack_format::CodeRecord record(std::size_t index) const noexcept {
    return codes_[index];
  }

 private:
  RecordSpan<pack_format::CodeRecord> codes_;
  std::span<const std::byte> data_;
};

}  // namespace pel
