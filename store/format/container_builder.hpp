#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "store/format/container.hpp"

namespace pel {

// Writes a container. Throws std::length_error beyond 4 GiB of strings.
class ContainerBuilder {
 public:
  enum class Part { hot, cold };

  ContainerBuilder(std::string_view magic, std::uint32_t version);

  void add_section(std::uint32_t kind, Part part, std::uint32_t count,
                   std::span<const std::byte> bytes);

  template <class Record>
  void add_records(std::uint32_t kind, Part part, const std::vector<Record>& records) {
    static_assert(std::is_trivially_copyable_v<Record>);
    static_assert(std::has_unique_object_representations_v<Record>, "padding would leak memory");
    add_section(kind, part, static_cast<std::uint32_t>(records.size()),
                std::as_bytes(std::span(records)));
  }

  [[nodiscard]] std::string finish() const;

 private:
  struct Section {
    std::uint32_t kind;
    Part part;
    std::uint32_t count;
    std::string bytes;
  };

  std::string magic_;
  std::uint32_t version_;
  std::vector<Section> sections_;
};

// Collects the strings of one section, each stored once.
class StringPool {
 public:
  [[nodiscard]] StringRef add(std::string_view text);

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span(text_));
  }

 private:
  std::string text_;
  std::vector<std::uint32_t> slots_;  // open addressing: index into refs_ plus one, or zero
  std::vector<StringRef> refs_;
};

}  // namespace pel
