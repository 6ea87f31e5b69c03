#include "lock/version.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "lock/characters.hpp"
#include "lock/version_parser.hpp"

namespace pel {

std::optional<Version> Version::parse(std::string_view text) {
  constexpr std::size_t kMaxLength = 0xFFFF;
  if (text.size() > kMaxLength) {
    return std::nullopt;
  }
  return VersionParser(trim(text)).parse();
}

std::string_view Version::epoch() const noexcept {
  return std::string_view(text_).substr(0, release_begin_);
}

std::string_view Version::release() const noexcept {
  return std::string_view(text_).substr(release_begin_, release_end_ - release_begin_);
}

std::size_t Version::release_size() const noexcept {
  return static_cast<std::size_t>(std::ranges::count(release(), '.')) + 1;
}

std::uint64_t Version::release_number(std::size_t index) const noexcept {
  std::string_view rest = release();
  for (; index > 0; --index) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) {
      return 0;
    }
    rest.remove_prefix(dot + 1);
  }
  rest = rest.substr(0, rest.find('.'));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return error == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

std::strong_ordering Version::compare_up_to(Prefix prefix, const Version& other) const noexcept {
  std::size_t length = key_public_end_;
  switch (prefix) {
    case Prefix::release:
      length = key_release_end_;
      break;
    case Prefix::pre:
      length = key_pre_end_;
      break;
    case Prefix::post:
      length = key_post_end_;
      break;
    case Prefix::all_public:
      break;
  }
  // The codes are prefix-free: the other's first `length` bytes are equal exactly if its parts are.
  return key_.compare(0, length, other.key_, 0, length) <=> 0;
}

}  // namespace pel
