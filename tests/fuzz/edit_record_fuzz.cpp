#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/records/edit_record.hpp"
#include "store/records/plain_path.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// What is accepted names no file outside of the directory, and comes back as it was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto edits = pel::parse_edits(text);
  if (!edits) {
    return 0;
  }
  for (const pel::EditedPackage& edit : *edits) {
    require(std::ranges::all_of(edit.files, pel::is_plain_path));
    require(std::ranges::all_of(edit.directories, pel::is_plain_path));
    require(std::ranges::is_sorted(edit.files) && std::ranges::is_sorted(edit.directories));
  }
  const std::string written = pel::edits_text(*edits);
  const auto again = pel::parse_edits(written);
  require(again && again->size() == edits->size() && pel::edits_text(*again) == written);
  return 0;
}
