#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/format/selection_record.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

namespace {

void read(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const auto record = pel::SelectionRecord::parse(copy.bytes());
  if (!record) {
    return;
  }
  // What was read can be written, and reads as the same again.
  const std::string written = record->serialize();
  const auto again = pel::SelectionRecord::parse(std::as_bytes(std::span(written)));
  pel::test::require(again == record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(pel::test::sealed(bytes, "PELSELCT", 2));
  return 0;
}
