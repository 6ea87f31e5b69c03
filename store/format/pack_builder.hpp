#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/container_builder.hpp"
#include "store/format/pack_format.hpp"

namespace pel {

// Collects the code of one tree. Not thread-safe.
class PackBuilder {
 public:
  PackBuilder(std::uint32_t bytecode_magic, std::uint32_t optimization)
      : head_{bytecode_magic, optimization} {}

  // Files may come in any order, each once.
  void add(std::uint32_t file, std::string_view marshalled_code);

  [[nodiscard]] std::string finish();

  // The same before it is put together, for those who add sections of their own.
  [[nodiscard]] ContainerBuilder container();

 private:
  pack_format::HeadRecord head_;
  std::vector<pack_format::CodeRecord> codes_;
  std::string data_;
};

// "cpython-311", 0 -> "cpython-311.pack"; 2 -> "cpython-311.opt-2.pack".
[[nodiscard]] std::string pack_file_name(std::string_view cache_tag, std::uint32_t optimization);

}  // namespace pel
