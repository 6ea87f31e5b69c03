#include "store/wheel/foreign_text.hpp"

#include <cstddef>

#include "store/base/terminal_text.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"

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

bool has_control_character(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_character(text).length;
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
    const std::size_t length = utf8_character(text).length;
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
