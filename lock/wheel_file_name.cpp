#include "lock/wheel_file_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

#include "lock/characters.hpp"

namespace pel {
namespace {

constexpr std::string_view kExtension = ".whl";
constexpr std::size_t kMaxFileName = 255;
constexpr std::size_t kMinParts = 5;
constexpr std::size_t kMaxParts = 6;  // with a build tag

// What may stand in a part; '!' and '+' belong to versions.
bool is_part(std::string_view part) noexcept {
  return !part.empty() && part.front() != '.' && std::ranges::all_of(part, [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == '+' || c == '!';
  });
}

std::string_view leading_digits(std::string_view text) noexcept {
  return text.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
}

std::string_view without_leading_zeros(std::string_view digits) noexcept {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* const digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        decoded += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

}  // namespace

std::optional<WheelFileName> WheelFileName::parse(std::string_view file_name) {
  if (file_name.size() > kMaxFileName || !file_name.ends_with(kExtension)) {
    return std::nullopt;
  }
  std::string_view rest = file_name.substr(0, file_name.size() - kExtension.size());
  std::array<std::string_view, kMaxParts> parts;
  std::size_t count = 0;
  for (bool last = false; !last; ++count) {
    const std::size_t dash = rest.find('-');
    last = dash == std::string_view::npos;
    if (count == kMaxParts || !is_part(rest.substr(0, dash))) {
      return std::nullopt;
    }
    parts.at(count) = rest.substr(0, dash);
    rest.remove_prefix(last ? rest.size() : dash + 1);
  }
  if (count < kMinParts || parts[0].find_first_of("+!") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view build = count == kMaxParts ? parts[2] : std::string_view();
  if (!build.empty() && !is_digit(build.front())) {
    return std::nullopt;
  }
  return WheelFileName{parts[0],         parts[1],         build,
                       parts[count - 3], parts[count - 2], parts[count - 1]};
}

bool build_tag_less(std::string_view a, std::string_view b) noexcept {
  if (a.empty() || b.empty()) {
    return a.empty() && !b.empty();
  }
  const std::string_view digits_a = leading_digits(a);
  const std::string_view digits_b = leading_digits(b);
  const std::string_view number_a = without_leading_zeros(digits_a);
  const std::string_view number_b = without_leading_zeros(digits_b);
  if (number_a != number_b) {
    return number_a.size() != number_b.size() ? number_a.size() < number_b.size()
                                              : number_a < number_b;
  }
  return a.substr(digits_a.size()) < b.substr(digits_b.size());
}

std::string file_name_of_path(std::string_view path) {
  // Locks may be written on Windows; a path with slashes is taken as it is.
  const std::size_t slash =
      path.find('/') != std::string_view::npos ? path.rfind('/') : path.rfind('\\');
  return std::string(path.substr(slash + 1));  // npos + 1 is 0
}

std::string file_name_of_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  const std::size_t authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t path = url.find('/', authority);
  if (path == std::string_view::npos) {
    return {};
  }
  return percent_decoded(url.substr(url.rfind('/') + 1));
}

bool is_file_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxFileName && name != "." && name != ".." &&
         std::ranges::none_of(name, [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

}  // namespace pel
