#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pel {

// XXH3-64 of `bytes`: finds damage and spreads keys. No defence against somebody who chooses the
// bytes; that is what Sha256 is for.
[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::uint64_t hash64(std::string_view text) noexcept;

// A running XXH3-128, for keys of caches that only their owner can write. Parts are delimited, so
// that ("ab", "c") and ("a", "bc") differ. Not thread-safe; allocates nothing but its own state.
class KeyHasher {
 public:
  KeyHasher();
  ~KeyHasher();
  KeyHasher(const KeyHasher&) = delete;
  KeyHasher& operator=(const KeyHasher&) = delete;

  void add(std::string_view part);
  void add(std::uint64_t number);

  [[nodiscard]] std::string hex() const;  // 32 lower-case digits

 private:
  struct State;
  State* state_;
};

}  // namespace pel
