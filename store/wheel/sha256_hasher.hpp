#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "store/base/sha256.hpp"

namespace pel {

// SHA-256 of bytes that come in pieces. May be used again after finish(). Not thread-safe.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

  void update(std::span<const std::byte> bytes);

  // The digest of all bytes since construction, or since the last finish().
  [[nodiscard]] Sha256 finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Sha256 sha256_of(std::span<const std::byte> bytes);

}  // namespace pel
