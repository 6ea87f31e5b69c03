#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lock/script_metadata.hpp"
#include "store/base/error.hpp"
#include "store/format/script_block.hpp"
#include "tests/support/require.hpp"

namespace {

using pel::test::require;

std::string as_script(std::string_view content) {
  std::string script = "# /// script\n";
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    const std::string_view line = content.substr(0, end);
    script += line.empty() ? "#" : "# ";
    script += line;
    script += '\n';
    content.remove_prefix(end + 1);
  }
  return script + "# ///\n";
}

}  // namespace

// A block that is found can be written again and found again; what TOML makes of it never crashes,
// and a lock is named only where the hot path looks for one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto block = pel::find_script_block(text, "/p/s.py");
    if (!block) {
      return 0;
    }
    require(!block->content.empty() && block->content.back() == '\n');
    const auto again = pel::find_script_block(as_script(block->content), "/p/s.py");
    require(again && again->content == block->content && again->first_line == 2);
    const pel::ScriptMetadata metadata =
        pel::parse_script_metadata(block->content, {"/p/s.py", "/p", block->first_line});
    require(metadata.lock.empty() ||
            (metadata.lock.starts_with('/') && pel::may_mention_us(block->content)));
    for (const auto& dependency : metadata.dependencies) {
      require(dependency.line >= block->first_line);
      require(!dependency.requirement.normalized_name.empty());
    }
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
  }
  return 0;
}
