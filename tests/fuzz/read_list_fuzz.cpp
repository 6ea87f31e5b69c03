#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "launcher/hot/read_list.hpp"
#include "store/base/hash.hpp"
#include "tests/support/require.hpp"

using pel::test::require;
namespace read_list = pel::read_list;

namespace {

constexpr std::uint64_t kKey = 0x0123456789abcdef;

std::string sixteen_digits(std::uint64_t number) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

// A list that is accepted stays below the limits, and is good for what it says itself.
void read(std::string_view text) {
  const auto files = read_list::parse(kKey, text);
  if (!files) {
    return;
  }
  require(files->size() <= read_list::kMaxFiles);
  for (const read_list::File& file : *files) {
    require(!file.ranges.empty() && file.ranges.size() <= read_list::kMaxRanges);
  }
  static_cast<void>(read_list::suffices(*files, *files));
  const std::string written = read_list::format(kKey, *files);
  require(written.size() <= read_list::kMaxSize);
  const auto again = read_list::parse(kKey, written);
  require(again && again->size() <= files->size());
  require(!read_list::parse(kKey + 1, written));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read(text);
  // With the digest and the key made right.
  const std::string rest = sixteen_digits(kKey) + "\n" + std::string(text);
  read(sixteen_digits(pel::hash64(std::as_bytes(std::span(rest)))) + " " + rest);
  return 0;
}
