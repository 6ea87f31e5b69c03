#include "store/base/utf8.hpp"

namespace pel {
namespace {

bool is_character(std::uint32_t code) noexcept {
  return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

// How many bytes the shortest form of a character has.
std::size_t length_of(std::uint32_t code) noexcept {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

}  // namespace

Utf8Character utf8_character(std::string_view text) noexcept {
  if (text.empty()) {
    return {};
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t length = lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || length > text.size()) {
    return {};
  }
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return {};
    }
    code = code << 6U | (byte(i) & 0x3FU);
  }
  return is_character(code) && length_of(code) == length ? Utf8Character{code, length}
                                                         : Utf8Character{};
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_character(text).length;
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool append_utf8(std::string& out, std::uint32_t code) {
  if (!is_character(code)) {
    return false;
  }
  const std::size_t length = length_of(code);
  if (length == 1) {
    out += static_cast<char>(code);
    return true;
  }
  const unsigned mark = 0xF00U >> length & 0xFFU;  // as many ones as bytes, then a zero
  out += static_cast<char>(mark | code >> (6 * (length - 1)));
  for (std::size_t left = length - 1; left > 0; --left) {
    out += static_cast<char>(0x80U | (code >> (6 * (left - 1)) & 0x3FU));
  }
  return true;
}

}  // namespace pel
