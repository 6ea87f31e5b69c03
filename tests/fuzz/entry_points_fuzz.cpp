#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/entry_points.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/install_scheme.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// What becomes a program is safe as a file name and as Python; all of it can be written and read
// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::vector<pel::EntryPoint> points = pel::parse_entry_points(text);
    std::string written;
    for (const pel::EntryPoint& point : points) {
      require(pel::is_utf8(point.name) && pel::is_utf8(point.value));
      if (point.group == "console_scripts" || point.group == "gui_scripts") {
        require(!point.name.empty() && point.name.find('/') == std::string::npos);
        require(!pel::is_reserved_script(point.name));
        require(point.value.find_first_of("\n;()'\"#") == std::string::npos ||
                point.value.find('[') != std::string::npos);
      }
      written += "[" + point.group + "]\n" + point.name + " = " + point.value + "\n";
    }
    require(pel::parse_entry_points(written) == points);
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    require(error.message().starts_with("line "));
    require(pel::is_utf8(error.message()) && !pel::has_control_character(error.message()));
  }
  return 0;
}
