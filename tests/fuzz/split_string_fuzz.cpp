#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/hot/split_string.hpp"
#include "store/base/error.hpp"
#include "tests/support/require.hpp"

namespace {

using pel::test::require;

std::optional<std::string> variable(const std::string& name) {
  return name.size() == 1 ? std::nullopt : std::optional(name);
}

std::string requoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += '\'';
    for (const char c : word) {
      text += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    }
    text += "' ";
  }
  return text;
}

}  // namespace

// The words of what is accepted can be quoted, and are the same when split again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::vector<std::string> words = pel::split_string(text, variable);
    require(pel::split_string(requoted(words), variable) == words);
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::usage);
  }
  return 0;
}
