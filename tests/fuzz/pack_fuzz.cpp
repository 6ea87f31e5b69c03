#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/hash.hpp"
#include "store/format/pack_view.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

namespace {

using pel::PackView;
using pel::test::require;

void read(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const char* reason = "";
  const auto pack = PackView::open(copy.bytes(), 1, 0, reason);
  require(pack.has_value() == (reason == nullptr));
  if (!pack) {
    return;
  }
  for (std::size_t i = 0; i <= pack->size(); ++i) {
    const auto record = pack->record(i);
    std::span<const std::byte> code;
    if (pack->find(record.file, code) == PackView::Lookup::found) {
      // What is handed to marshal has the hash that one of the records of that file promised.
      bool promised = false;
      for (std::size_t j = 0; j < pack->size(); ++j) {
        const auto other = pack->record(j);
        promised = promised || (other.file == record.file && other.hash == pel::hash64(code));
      }
      require(promised);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(pel::test::sealed(bytes, pel::pack_format::kMagic, pel::pack_format::kVersion));
  return 0;
}
