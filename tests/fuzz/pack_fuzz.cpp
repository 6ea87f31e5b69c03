#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/hash.hpp"
#include "store/format/pack_view.hpp"
#include "store/format/standard_view.hpp"
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

// The pack of a standard library: what is found has the name that was asked for.
void read_standard(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const char* reason = "";
  const auto view = pel::StandardView::open(copy.bytes(), 1, 0, reason);
  require(view.has_value() == (reason == nullptr));
  for (std::uint32_t i = 0; view && i <= view->directory_count(); ++i) {
    const auto record = view->directory_record(i);
    const auto number = view->directory(view->text(record.path));
    require(!number || *number < view->directory_count());
    for (std::uint32_t j = 0; j < 8 && j <= record.module_count; ++j) {
      const auto name = view->text(view->module_record(record.first_module + j).name);
      const auto module = view->module(i, name);
      std::span<const std::byte> code;
      require(!module || view->text(view->module_record(*module).name) == name);
      if (module && view->code(*module, code) == PackView::Lookup::found) {
        require(code.size() <= bytes.size());
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read_standard(bytes);
  const auto sealed =
      pel::test::sealed(bytes, pel::pack_format::kMagic, pel::pack_format::kVersion);
  read(sealed);
  read_standard(sealed);
  return 0;
}
