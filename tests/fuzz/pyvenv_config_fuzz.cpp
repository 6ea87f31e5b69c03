#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "launcher/hot/pyvenv_config.hpp"

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

// Whatever the file holds, no value spans a line or keeps the space around it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pel::PyvenvConfig config = pel::PyvenvConfig::parse(text);
  for (const std::string& value : {config.home, config.store, config.launcher_id}) {
    require(value.find('\n') == std::string::npos);
    require(value.empty() || (value.front() != ' ' && value.back() != ' '));
    require(text.find(value) != std::string_view::npos);
  }
  return 0;
}
