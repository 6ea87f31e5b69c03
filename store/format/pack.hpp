#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/container.hpp"

// A pack: the code objects of one tree for one interpreter magic and one optimisation level
// (docs/formats.md, "Pack"). Marshalled code is found by the number that the tree's INDEX gives
// its source file; each has a hash of its own, checked before it is unmarshalled, because marshal
// is not safe on damaged input. The data is the cold part of the container.
namespace pel {

namespace pack_format {

inline constexpr std::string_view kMagic = "PELPACK\n";
inline constexpr std::uint32_t kVersion = 1;

enum Section : std::uint32_t {
  kHead = 1,   // hot: HeadRecord, exactly one
  kCodes = 2,  // hot: CodeRecord, sorted by file
  kData = 3,   // cold: marshalled code, each at a multiple of 16
};

struct HeadRecord {
  std::uint32_t bytecode_magic = 0;  // importlib.util.MAGIC_NUMBER, little endian
  std::uint32_t optimization = 0;    // 0, 1 or 2
};

struct CodeRecord {
  std::uint32_t file = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;  // in kData
  std::uint64_t hash = 0;    // XXH3-64 of the code
};

}  // namespace pack_format

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

class PackBuilder {
 public:
  PackBuilder(std::uint32_t bytecode_magic, std::uint32_t optimization)
      : head_{bytecode_magic, optimization} {}

  // Files may come in any order, each once.
  void add(std::uint32_t file, std::string_view marshalled_code);

  [[nodiscard]] std::string finish();

 private:
  pack_format::HeadRecord head_;
  std::vector<pack_format::CodeRecord> codes_;
  std::string data_;
};

// "cpython-311", 0 -> "cpython-311.pack"; 2 -> "cpython-311.opt-2.pack".
[[nodiscard]] std::string pack_file_name(std::string_view cache_tag, std::uint32_t optimization);

}  // namespace pel
