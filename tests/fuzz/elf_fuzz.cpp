#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/wheel/elf_reader.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

using pel::test::require;

// Nothing is read outside of the file, and no small file asks for much memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pel::test::ExactCopy copy(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto elf = pel::read_elf(copy.bytes());
  if (!elf) {
    return 0;
  }
  require(pel::looks_like_elf(copy.bytes()));
  std::size_t total = elf->soname.size() + elf->rpath.size() + elf->runpath.size();
  for (const std::string& needed : elf->needed) {
    require(needed.find('\0') == std::string::npos);
    total += needed.size();
  }
  require(total <= std::size_t{1} << 20U);
  return 0;
}
