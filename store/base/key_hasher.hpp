#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pel {

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

  // A file's name, and what tells it from what it was; zeros for one that is not there.
  void add_file(const std::string& path);

  [[nodiscard]] std::string hex() const;  // 32 lower-case digits

 private:
  struct State;
  State* state_;
};

}  // namespace pel
