#include "lock/display.hpp"

#include <algorithm>
#include <cstddef>

#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxShown = 200;

void append_escape(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
  }
}

// The length of a character at the start of `text` that a terminal would obey instead of showing:
// C0, DEL, C1 (U+0080 to U+009F), marks and overrides of direction (U+200E, U+200F, U+202A to
// U+202E, U+2066 to U+2069), line and paragraph separator. 0 if it is harmless.
std::size_t control_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) {
    return 1;
  }
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) {
    return 2;
  }
  if (byte(0) == 0xE2 && byte(1) == 0x80 &&
      (byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE))) {
    return 3;
  }
  if (byte(0) == 0xE2 && byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9) {
    return 3;
  }
  return 0;
}

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string escaped(std::string_view text) {
  const bool cut = text.size() > kMaxShown;
  if (cut) {
    std::size_t length = kMaxShown;
    while (length > 0 && is_continuation(text[length])) {
      --length;  // not inside a character
    }
    text = text.substr(0, length);
  }
  std::string out;
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::size_t control = control_length(text);
    for (std::size_t i = 0; i < control; ++i) {
      append_escape(out, static_cast<unsigned char>(text[i]));
    }
    if (control == 0) {
      out += text.front();
    }
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return cut ? out + "..." : out;
}

std::string Quoted::operator()(std::string_view text) const {
  return concat("'", escaped(text), "'");
}

std::string redacted_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t colon = url.find(':');
  const std::size_t scheme_end = colon == std::string_view::npos ? 0 : colon + 1;
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos || at < scheme_end) {
    return escaped(url);
  }
  // What stands before an '@' is dropped wherever it is: a malformed URL may hold a password too.
  const bool has_authority = url.substr(scheme_end).starts_with("//");
  const std::size_t authority = scheme_end + (has_authority ? 2 : 0);
  const std::size_t path = url.find('/', authority);
  const std::string_view host = url.substr(authority, path - authority);
  const std::string_view port = host.substr(std::min(host.find(':'), host.size()));
  if (has_authority && path < at && host.find('@') == std::string_view::npos &&
      port.find_first_not_of(":0123456789") == std::string_view::npos) {
    return escaped(url);  // "https://host/pkg@1.0": the '@' is in the path of a host
  }
  return escaped(concat(url.substr(0, authority), url.substr(at + 1)));
}

}  // namespace pel
