#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

// The container that INDEX, table, pack and selection record share (docs/formats.md, "Container").
//
//   container = magic[8] hot_hash:u64 version:u32 section_count:u32 file_size:u64 hot_size:u64
//               cold_hash:u64 section{section_count} body
//   section   = kind:u32 count:u32 offset:u64 size:u64
//
// All numbers are little endian. [0, hot_size) is the hot part, which every reader checks by
// hot_hash = XXH3-64 of [16, hot_size); the rest is cold and is checked by cold_hash only by those
// who read it. Sections start at multiples of 8 and lie in one part entirely.
namespace pel {

inline constexpr std::size_t kMagicSize = 8;

// The container's own parts, as they lie in the file.
namespace container_format {

inline constexpr std::size_t kHashedFrom = 16;  // behind magic and hot_hash
inline constexpr std::size_t kAlignment = 8;

struct Header {
  char magic[kMagicSize];
  std::uint64_t hot_hash;
  std::uint32_t version;
  std::uint32_t section_count;
  std::uint64_t file_size;
  std::uint64_t hot_size;
  std::uint64_t cold_hash;
};

static_assert(sizeof(Header) == 48);

struct SectionEntry {
  std::uint32_t kind;
  std::uint32_t count;  // of records; 0 for text and bytes
  std::uint64_t offset;
  std::uint64_t size;
};

static_assert(sizeof(SectionEntry) == 24);

}  // namespace container_format

// Text inside a container: bytes [offset, offset + size) of a section of strings.
struct StringRef {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// A section whose records are read one at a time: bounds are checked, alignment does not matter.
template <class Record>
class RecordSpan {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  RecordSpan() noexcept = default;

  explicit RecordSpan(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() / sizeof(Record); }

  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // A default record when `index` is out of range, so that damage ends in a miss.
  [[nodiscard]] Record operator[](std::size_t index) const noexcept {
    Record record{};
    if (index < size()) {
      std::memcpy(&record, bytes_.data() + index * sizeof(Record), sizeof(Record));
    }
    return record;
  }

  // `count` records from number `first` on; none if they are not all there.
  [[nodiscard]] RecordSpan part(std::uint64_t first, std::uint64_t count) const noexcept {
    return first <= size() && count <= size() - first
               ? RecordSpan(bytes_.subspan(first * sizeof(Record), count * sizeof(Record)))
               : RecordSpan();
  }

  class Iterator {
   public:
    explicit Iterator(const std::byte* place) noexcept : place_(place) {}

    [[nodiscard]] Record operator*() const noexcept {
      Record record{};
      std::memcpy(&record, place_, sizeof(Record));
      return record;
    }

    Iterator& operator++() noexcept {
      place_ += sizeof(Record);
      return *this;
    }

    friend bool operator==(Iterator, Iterator) = default;

   private:
    const std::byte* place_;
  };

  [[nodiscard]] Iterator begin() const noexcept { return Iterator(bytes_.data()); }

  [[nodiscard]] Iterator end() const noexcept {
    return Iterator(bytes_.data() + size() * sizeof(Record));
  }

 private:
  std::span<const std::byte> bytes_;
};

// Reads a container that lies in memory, which must outlive the view. Never throws, never reads
// outside of `bytes`, whatever they hold. Immutable: any number of threads.
class ContainerView {
 public:
  ContainerView() noexcept = default;

  // Nothing if magic, version, size, bounds or the hash of the hot part are wrong; `reason` then
  // points to a constant that says which.
  [[nodiscard]] static std::optional<ContainerView> open(std::span<const std::byte> bytes,
                                                         std::string_view magic,
                                                         std::uint32_t version,
                                                         const char*& reason) noexcept;

  // Empty when there is no such section, or when its size is no multiple of the record's.
  template <class Record>
  [[nodiscard]] RecordSpan<Record> records(std::uint32_t kind) const noexcept {
    const std::span<const std::byte> bytes = section(kind);
    return RecordSpan<Record>(bytes.size() % sizeof(Record) == 0 ? bytes
                                                                 : std::span<const std::byte>());
  }

  [[nodiscard]] std::span<const std::byte> section(std::uint32_t kind) const noexcept;
  [[nodiscard]] std::string_view text(std::uint32_t kind) const noexcept;

  // Whether the cold part is what was written. Reads all of it.
  [[nodiscard]] bool cold_is_intact() const noexcept;

 private:
  std::span<const std::byte> bytes_;
  std::uint32_t section_count_ = 0;
};

// The part of `strings` that `ref` names; empty when it lies outside.
[[nodiscard]] std::string_view resolve(std::string_view strings, StringRef ref) noexcept;

}  // namespace pel
