#include "launcher/quantity.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKilo = 1000;
constexpr double kKibi = 1024;

constexpr Unit kDurations[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};

constexpr Unit kSizes[] = {{"", 1},
                           {"b", 1},
                           {"kb", kKilo},
                           {"mb", kKilo* kKilo},
                           {"gb", kKilo* kKilo* kKilo},
                           {"tb", kKilo* kKilo* kKilo* kKilo},
                           {"kib", kKibi},
                           {"mib", kKibi* kKibi},
                           {"gib", kKibi* kKibi* kKibi},
                           {"tib", kKibi* kKibi* kKibi* kKibi},
                           {"k", kKibi},
                           {"m", kKibi* kKibi},
                           {"g", kKibi* kKibi* kKibi},
                           {"t", kKibi* kKibi* kKibi* kKibi}};

constexpr double kMost = 9.0e18;  // fits 63 bits

template <std::size_t Count>
double parse(std::string_view text, std::string_view option, const Unit (&units)[Count],
             const char* hint) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  std::ranges::transform(unit, unit.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = std::ranges::find(units, unit, &Unit::name);
  if (error != std::errc() || found == std::end(units) || !std::isfinite(number) || number < 0 ||
      number * found->factor > kMost) {
    throw Error(ErrorCode::usage, concat("bad value '", text, "' of ", option)).with_hint(hint);
  }
  return number * found->factor;
}

}  // namespace

std::chrono::seconds parse_duration(std::string_view text, std::string_view option) {
  return std::chrono::seconds(static_cast<std::int64_t>(
      parse(text, option, kDurations, "it is a number with a unit: 2w, 30d, 12h, 90m (minutes)")));
}

std::uint64_t parse_size(std::string_view text, std::string_view option) {
  return static_cast<std::uint64_t>(
      parse(text, option, kSizes, "it is a number of bytes with a unit: 5GiB, 500MB"));
}

}  // namespace pel
