#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/format/table_view.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

namespace {

using pel::TableView;
using pel::test::require;

void read(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const char* reason = "";
  const auto table = TableView::open(copy.bytes(), reason);
  require(table.has_value() == (reason == nullptr));
  if (!table) {
    return;
  }
  static_cast<void>(table->text(table->environment().id));
  for (std::size_t i = 0; i <= table->names().size(); ++i) {
    const auto name = table->names()[i];
    const std::string_view text = table->text(name.name);
    if (const auto found = table->find(text)) {
      require(table->text(found->name) == text);
    }
    // A run of owners can be said to be long without being so: the first few are enough.
    for (std::uint32_t owner = 0; owner < 4; ++owner) {
      const std::uint32_t tree = table->owner(name, owner);
      require(tree == TableView::kNoTree || tree < table->trees().size());
    }
  }
  static_cast<void>(table->find("no such name"));
  for (std::size_t i = 0; i <= table->scripts().size(); ++i) {
    const std::string_view text = table->text(table->scripts()[i].name);
    if (const auto found = table->script(text)) {
      require(table->text(found->name) == text);
    }
  }
  for (std::size_t i = 0; i <= table->distributions().size(); ++i) {
    static_cast<void>(table->text(table->distributions()[i].dist_info));
  }
  for (std::size_t i = 0; i <= table->variables().size(); ++i) {
    static_cast<void>(table->text(table->variables()[i].value));
  }
  for (std::size_t i = 0; i <= table->source_paths().size(); ++i) {
    static_cast<void>(table->text(table->source_paths()[i]));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(pel::test::sealed(bytes, pel::table_format::kMagic, pel::table_format::kVersion));
  return 0;
}
