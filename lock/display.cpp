#include "lock/display.hpp"

#include <algorithm>
#include <cstddef>

#include "store/base/terminal_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxShown = 200;

void append_escape(std::string& out, std::string_view character) {
  switch (character.front()) {
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
      append_hex_escapes(out, character);
  }
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
    if (control > 0) {
      append_escape(out, text.substr(0, control));
    } else {
      out += text.front();
    }
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return cut ? out + "..." : out;
}

std::string Quoted::operator()(std::string_view text) const {
  return concat("'", escaped(text), "'");
}

std::string listed(const std::vector<std::string>& words, std::size_t most, Quotes quotes) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), most); ++i) {
    text +=
        concat(i == 0 ? "" : ", ", quotes == Quotes::yes ? quoted(words[i]) : escaped(words[i]));
  }
  if (words.size() > most) {
    text += concat(" and ", std::to_string(words.size() - most), " more");
  }
  return text;
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
