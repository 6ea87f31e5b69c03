#include "lock/python_literal.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "store/base/utf8.hpp"

namespace pel {
namespace {

// Takes the digits of a numeric escape from `rest` and appends the character.
bool append_numeric(std::string& out, std::string_view& rest, std::size_t digits, int base) {
  std::uint32_t code = 0;
  const std::string_view number = rest.substr(0, digits);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), code, base);
  if (error != std::errc()) {
    return false;
  }
  const auto used = static_cast<std::size_t>(end - number.data());
  if (base == 16 && used != digits) {
    return false;
  }
  rest.remove_prefix(used);
  return append_utf8(out, code);
}

// `rest` begins behind the backslash.
bool append_escape(std::string& out, std::string_view& rest) {
  constexpr std::string_view kNames = "\\'\"abfnrtv\n";
  constexpr std::string_view kValues = "\\'\"\a\b\f\n\r\t\v";  // a line break stands for nothing
  if (rest.empty()) {
    return false;
  }
  const char name = rest.front();
  if (name >= '0' && name <= '7') {
    return append_numeric(out, rest, 3, 8);
  }
  rest.remove_prefix(1);
  switch (name) {
    case 'x':
      return append_numeric(out, rest, 2, 16);
    case 'u':
      return append_numeric(out, rest, 4, 16);
    case 'U':
      return append_numeric(out, rest, 8, 16);
    case 'N':
      return false;
    default:
      break;
  }
  const std::size_t index = kNames.find(name);
  if (index == std::string_view::npos) {
    out += '\\';  // what is no escape stays as it is
    out += name;
  } else if (index < kValues.size()) {
    out += kValues[index];
  }
  return name != '\0' && name != '\r';
}

}  // namespace

std::optional<std::string> unescape_python_string(std::string_view body) {
  std::string value;
  value.reserve(body.size());
  while (!body.empty()) {
    const char c = body.front();
    body.remove_prefix(1);
    if (c == '\n' || c == '\r' || c == '\0') {
      return std::nullopt;
    }
    if (c != '\\') {
      value += c;
    } else if (!append_escape(value, body)) {
      return std::nullopt;
    }
  }
  return value;
}

std::string python_string_literal(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  const char quote = text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string literal(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      literal += "\\\\";
    } else if (byte < 0x20 || byte == 0x7F || c == quote) {
      literal += "\\x";
      literal += kDigits[byte >> 4U];
      literal += kDigits[byte & 15U];
    } else {
      literal += c;
    }
  }
  literal += quote;
  return literal;
}

}  // namespace pel
