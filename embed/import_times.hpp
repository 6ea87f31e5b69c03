#pragma once

#include <cstdint>

namespace pel {

// When the imports of one process began and ended. Thread-safe; each thread has its own nesting.
class ImportTimes {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  struct Import {
    char* name;            // UTF-8
    std::uint32_t parent;  // the import that caused it, by number; or kNone
    std::uint32_t depth;
    std::int64_t begin;  // nanoseconds of CLOCK_MONOTONIC
    std::int64_t end;    // 0 as long as it has not ended
    bool failed;
  };

  // The number of the new import; kNone if there is no memory for it. `name` is copied.
  std::uint32_t begin(const char* name) noexcept;
  void end(std::uint32_t number, bool failed) noexcept;

  // Writes what there is to standard error, as a table.
  void print(std::int64_t origin) noexcept;

  // Writes a page with a flame graph that needs nothing else. False, and errno set, on failure.
  [[nodiscard]] bool write_page(const char* path, std::int64_t origin) noexcept;

  // Nanoseconds of CLOCK_MONOTONIC.
  [[nodiscard]] static std::int64_t now() noexcept;

 private:
  void close_open_ones() noexcept;

  Import* imports_ = nullptr;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace pel
