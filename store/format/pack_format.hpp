#pragma once

#include <cstdint>
#include <string_view>

#include "store/format/container.hpp"

// A pack: the code objects of one tree for one interpreter magic and one optimisation level
// (docs/formats.md, "Pack"). Marshalled code is found by the number that the tree's INDEX gives
// its source file; each has a hash of its own, checked before it is unmarshalled, because marshal
// is not safe on damaged input. The data is the cold part of the container.
namespace pel {

namespace pack_format {

inline constexpr std::string_view kMagic = "PELPACK\n";
inline constexpr std::uint32_t kVersion = 1;

// Whether a pack with this file name has another version, "TAG.vN[.opt-L].pack": those of a release
// that has another lie beside this one's.
[[nodiscard]] constexpr bool is_of_another_version(std::string_view file_name) noexcept {
  const std::size_t dot = file_name.find('.');
  const std::string_view rest =
      dot == std::string_view::npos ? std::string_view() : file_name.substr(dot + 1);
  return rest.size() > 2 && rest[0] == 'v' && rest[1] >= '0' && rest[1] <= '9';
}

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

}  // namespace pel
