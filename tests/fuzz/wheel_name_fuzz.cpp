#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lock/tag.hpp"
#include "store/base/error.hpp"
#include "store/base/sha256.hpp"
#include "store/wheel/wheel_name.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// Not only "does not crash": every name that parse() lets through must keep WheelName's promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const pel::WheelName name = pel::WheelName::parse(text);
    require(name.file_name() == text);
    require(text.find('/') == std::string_view::npos);
    require(text.find('\0') == std::string_view::npos);
    for (const std::string_view part : {name.distribution(), name.version(), name.python_tag(),
                                        name.abi_tag(), name.platform_tag()}) {
      require(!part.empty() && part.front() != '.');
    }
    for (const pel::Tag& tag : name.tags()) {
      require(!tag.python.empty() && !tag.abi.empty() && !tag.platform.empty());
    }
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);  // the one way in which it may fail
  }
  return 0;
}
