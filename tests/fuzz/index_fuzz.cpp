#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/format/index_view.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

namespace {

using pel::IndexView;
using pel::index_format::EntryKind;
using pel::test::require;

void read_directories(const IndexView& index) {
  for (std::uint32_t number = 0; number <= index.directory_count(); ++number) {
    for (const IndexView::EntryRecord entry : index.entries(number)) {
      const std::string_view name = index.text(entry.name);
      // A name that is found is the name that was looked for, even where damage broke the order.
      if (const auto found = index.entry(number, name)) {
        require(index.text(found->name) == name);
      }
      if (entry.kind == EntryKind::directory && name.find('/') == std::string_view::npos) {
        if (const auto directory = index.directory(number, name)) {
          require(*directory < index.directory_count());
        }
      }
    }
  }
}

void read(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const char* reason = "";
  const auto index = IndexView::open(copy.bytes(), reason);
  require(index.has_value() == (reason == nullptr));
  if (!index) {
    return;
  }
  static_cast<void>(index->text(index->tree().name));
  static_cast<void>(index->directory(0, pel::index_format::kSitePackages));
  static_cast<void>(index->directory(pel::index_format::kNone, "a/b"));
  read_directories(*index);
  for (std::size_t i = 0; i <= index->scripts().size(); ++i) {
    static_cast<void>(index->text(index->scripts()[i].name));
  }
  for (std::size_t i = 0; i <= index->entry_points().size(); ++i) {
    static_cast<void>(index->text(index->entry_points()[i].value));
  }
  for (std::size_t i = 0; i <= index->elf_files().size(); ++i) {
    static_cast<void>(index->cold_text(index->elf_files()[i].soname));
  }
  static_cast<void>(index->files()[index->files().size()]);
  static_cast<void>(index->record());
  static_cast<void>(index->cold_is_intact());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(pel::test::sealed(bytes, pel::index_format::kMagic, pel::index_format::kVersion));
  return 0;
}
