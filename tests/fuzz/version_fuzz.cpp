#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lock/specifier.hpp"
#include "lock/version.hpp"
#include "store/base/error.hpp"
#include "tests/support/require.hpp"

namespace {

using pel::test::require;

// What is accepted is written in a form that is accepted again, as the same version.
void check_version(const pel::Version& version) {
  const auto again = pel::Version::parse(version.text());
  require(again.has_value());
  require(*again == version);
  require(again->text() == version.text());
  require(version.release_size() >= 1);
  require(again->is_prerelease() == version.is_prerelease());
  require(again->has_local() == version.has_local());
}

void check_order(const pel::Version& a, const pel::Version& b) {
  require((a < b) == (b > a));
  require((a == b) == ((a <=> b) == 0));
  require((a == b) == (b == a));
  const auto prefix = pel::Version::Prefix::all_public;
  require((a.compare_up_to(prefix, b) == 0) == (b.compare_up_to(prefix, a) == 0));
}

// The operators must agree with each other.
void check_operators(const pel::SpecifierSet& set, const pel::Version& version) {
  for (const pel::Specifier& specifier : set.specifiers()) {
    const auto again = pel::Specifier::parse(specifier.text());
    require(again.has_value());
    require(again->text() == specifier.text());
    const bool matches = specifier.matches(version);
    require(again->matches(version) == matches);
    const std::string text = specifier.text();
    if (text.starts_with("==") && !text.starts_with("===")) {
      const auto opposite = pel::Specifier::parse("!=" + text.substr(2));
      require(opposite.has_value() && opposite->matches(version) != matches);
    }
  }
  if (set.contains(version, false)) {
    require(set.contains(version) && !version.is_prerelease());
  }
}

}  // namespace

// Two versions and a specifier set, separated by line breaks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t first_end = std::min(text.find('\n'), text.size());
  const std::string_view rest = text.substr(std::min(first_end + 1, text.size()));
  const std::size_t second_end = std::min(rest.find('\n'), rest.size());
  const auto a = pel::Version::parse(text.substr(0, first_end));
  const auto b = pel::Version::parse(rest.substr(0, second_end));
  for (const auto& version : {a, b}) {
    if (version) {
      check_version(*version);
    }
  }
  if (a && b) {
    check_order(*a, *b);
  }
  try {
    const auto set = pel::SpecifierSet::parse(rest.substr(std::min(second_end + 1, rest.size())));
    require(pel::SpecifierSet::parse(set.text()).text() == set.text());
    if (a) {
      check_operators(set, *a);
    }
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
  }
  return 0;
}
