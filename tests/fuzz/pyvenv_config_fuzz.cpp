#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "launcher/hot/pyvenv_config.hpp"
#include "store/format/config_path.hpp"

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

// Whatever the file holds, no value spans a line or keeps the space around it; the store's path is
// any bytes, and written again it is one line that means the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pel::PyvenvConfig config = pel::PyvenvConfig::parse(text);
  for (const std::string& value : {config.home, config.launcher_id}) {
    require(value.find('\n') == std::string::npos);
    require(value.empty() || (value.front() != ' ' && value.back() != ' '));
    require(text.find(value) != std::string_view::npos);
  }
  const std::string store = pel::encode_config_path(config.store);
  for (const char c : store) {
    require(c >= ' ' && c <= '~');
  }
  require(store.empty() || (store.front() != ' ' && store.back() != ' '));
  require(pel::decode_config_path(store) == config.store);
  require(pel::PyvenvConfig::parse("pyenvlaunch-store = " + store + "\n").store == config.store);
  return 0;
}
