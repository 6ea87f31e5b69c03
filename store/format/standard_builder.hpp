#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/format/container_builder.hpp"
#include "store/format/pack_builder.hpp"
#include "store/format/standard_format.hpp"

namespace pel {

// Collects what the pack of a standard library holds. Not thread-safe.
class StandardBuilder {
 public:
  struct Module {
    std::string name;
    standard_format::ModuleKind kind = standard_format::ModuleKind::other;
    std::string suffix;  // of an extension
    std::uint64_t size = 0;
    std::uint64_t mtime_ns = 0;
    std::string code;  // marshalled; empty: importlib has to look itself
  };

  StandardBuilder(std::uint32_t bytecode_magic, std::uint32_t optimization)
      : pack_(bytecode_magic, optimization) {}

  // Directories must come sorted by path bytewise, each once, and so must the modules of one.
  void add(std::string_view path, std::uint64_t mtime_ns, const std::vector<Module>& modules);

  [[nodiscard]] std::string finish();

 private:
  PackBuilder pack_;
  StringPool strings_;
  std::vector<standard_format::DirectoryRecord> directories_;
  std::vector<standard_format::ModuleRecord> modules_;
};

}  // namespace pel
