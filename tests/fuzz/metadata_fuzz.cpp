#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/header_fields.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/text_lines.hpp"
#include "store/wheel/wheel_metadata.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const pel::HeaderFields fields = pel::HeaderFields::parse(text);
  for (const auto& [name, value] : fields.all()) {
    require(!name.empty() && name.find_first_of(": \t\r\n") == std::string::npos);
    require(pel::trim(value) == value && value.find('\r') == std::string::npos);
    require(fields.first(name).data() != nullptr);
  }
  // As the METADATA and the WHEEL of a wheel: what is accepted is that wheel's.
  try {
    const pel::IndexedTree tree = pel::read_wheel_metadata(
        pel::WheelName::parse("foo_bar-1.0-py3-none-any.whl"), "foo_bar-1.0.dist-info",
        {.wheel = text + "\nWheel-Version: 1.0\n",
         .metadata = text,
         .entry_points = {},
         .record = {}},
        pel::Refusal("/x.whl"));
    require(tree.normalized_name == "foo-bar");
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    require(pel::is_utf8(error.message()) && !pel::has_control_character(error.message()));
  }
  return 0;
}
