#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/base/hash.hpp"
#include "store/format/container.hpp"

namespace pel::test {

// `bytes` with header fields that fit: magic, version, sizes and both checksums are made right, so
// that what is behind the checksum is reached. The file ends where `bytes` ends; the hot part ends
// where the header says, if that is inside.
inline std::string sealed(std::string bytes, std::string_view magic, std::uint32_t version) {
  constexpr std::size_t kHeader = 48;
  if (bytes.size() < kHeader) {
    bytes.resize(kHeader, '\0');
  }
  const auto put = [&](std::size_t offset, const auto& value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
  };
  std::memcpy(bytes.data(), magic.data(), kMagicSize);
  put(16, version);
  put(24, std::uint64_t{bytes.size()});
  std::uint64_t hot_size = 0;
  std::memcpy(&hot_size, bytes.data() + 32, sizeof hot_size);
  if (hot_size < kHeader || hot_size > bytes.size()) {
    hot_size = bytes.size();
    put(32, hot_size);
  }
  put(40, hash64(std::as_bytes(std::span(bytes)).subspan(hot_size)));
  put(8, hash64(std::as_bytes(std::span(bytes)).subspan(16, hot_size - 16)));
  return bytes;
}

// A copy that ends where its allocation ends, so that the address sanitizer sees one byte too far.
class ExactCopy {
 public:
  explicit ExactCopy(std::string_view bytes)
      : data_(std::make_unique<std::byte[]>(bytes.size())), size_(bytes.size()) {
    if (!bytes.empty()) {
      std::memcpy(data_.get(), bytes.data(), bytes.size());
    }
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_;
};

}  // namespace pel::test
