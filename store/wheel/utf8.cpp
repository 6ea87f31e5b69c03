#include "store/wheel/utf8.hpp"

#include <cstdint>

#include "store/base/terminal_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kLongestQuote = 1100;

bool is_control(std::string_view sequence) noexcept {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) {
    return first < 0x20 || first == 0x7F;
  }
  return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) {
    return 0;
  }
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool has_control_character(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length > 0 && is_control(text.substr(0, length))) {
      return true;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return false;
}

std::string quote(std::string_view text) {
  if (text.size() > kLongestQuote) {
    constexpr std::size_t kEnd = 40;
    const std::string head = quote(text.substr(0, kEnd));
    const std::string tail = quote(text.substr(text.size() - kEnd));
    return concat(head.substr(0, head.size() - 1), "…", tail.substr(1));
  }
  std::string out = "'";
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || control_length(sequence) > 0) {
      append_hex_escapes(out, sequence);
    } else {
      out += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  out += '\'';
  return out;
}

}  // namespace pel
