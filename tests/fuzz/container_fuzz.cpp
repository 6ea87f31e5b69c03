#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/format/container.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

namespace {

constexpr std::string_view kMagic = "PELTEST\n";

void read(std::string_view bytes) {
  const pel::test::ExactCopy copy(bytes);
  const char* reason = "";
  const auto view = pel::ContainerView::open(copy.bytes(), kMagic, 1, reason);
  pel::test::require(view.has_value() == (reason == nullptr));
  if (!view) {
    return;
  }
  std::uint64_t sum = 0;
  for (std::uint32_t kind = 0; kind < 32; ++kind) {
    for (const std::byte byte : view->section(kind)) {
      sum += std::to_integer<unsigned>(byte);
    }
    const auto numbers = view->records<std::uint64_t>(kind);
    sum += numbers[numbers.size()];
    const auto refs = view->records<pel::StringRef>(kind);
    for (std::size_t i = 0; i < refs.size(); ++i) {
      const std::string_view text = pel::resolve(view->text(kind), refs[i]);
      pel::test::require(text.size() <= view->text(kind).size());
    }
  }
  static_cast<void>(view->cold_is_intact());
  const volatile std::uint64_t used = sum;
  static_cast<void>(used);
}

}  // namespace

// Whatever the bytes are: nothing outside of them is read, and nothing is thrown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(pel::test::sealed(bytes, kMagic, 1));
  return 0;
}
