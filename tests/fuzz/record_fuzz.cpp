#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/base/utf8.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/record.hpp"
#include "store/wheel/record_check.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// Any text is read, and what was read can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pel::Record record = pel::parse_record(text);
  pel::RecordWriter writer;
  for (const pel::RecordRow& row : record.rows) {
    require(!row.path.empty() && pel::is_utf8(row.path) && row.line > 0);
    writer.add(row.path, {}, row.size.value_or(0));
    if (const auto digest = pel::decode_digest(row.digest, 32)) {
      require(digest->size() == 32);
    }
  }
  const pel::Record again = pel::parse_record(writer.text());
  require(again.faults.empty() && again.rows.size() == record.rows.size());
  for (std::size_t i = 0; i < again.rows.size(); ++i) {
    require(again.rows[i].path == record.rows[i].path);
  }
  const auto faults = pel::check_record(text, "x.dist-info", {}, [](auto, auto) { return ""; });
  for (const std::string& fault : faults) {
    require(pel::is_utf8(fault) && !pel::has_control_character(fault));
  }
  return 0;
}
