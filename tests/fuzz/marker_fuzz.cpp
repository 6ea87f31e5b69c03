#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lock/marker.hpp"
#include "store/base/error.hpp"
#include "tests/support/require.hpp"

namespace {

using pel::test::require;

const std::map<std::string, std::string>& variables() {
  static const std::map<std::string, std::string> variables{
      {"extra", "x"},
      {"implementation_name", "cpython"},
      {"implementation_version", "3.11.7"},
      {"os_name", "posix"},
      {"platform_machine", "x86_64"},
      {"platform_python_implementation", "CPython"},
      {"platform_release", "6.1.0-18-amd64"},
      {"platform_system", "Linux"},
      {"platform_version", "#1 SMP"},
      {"python_full_version", "3.11.7"},
      {"python_version", "3.11"},
      {"sys_platform", "linux"},
  };
  return variables;
}

// True, false, or nothing when the marker has no meaning here.
std::optional<bool> value_of(const pel::Marker& marker) {
  try {
    return marker.evaluate({&variables(), {"test"}, {"dev"}});
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    return std::nullopt;
  }
}

}  // namespace

// What is accepted can be written and read again, and means the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const pel::Marker marker = pel::Marker::parse(text);
    const pel::Marker again = pel::Marker::parse(marker.text());
    require(again.text() == marker.text());
    require(value_of(again) == value_of(marker));
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    for (const char c : error.message()) {
      require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    }
  }
  return 0;
}
