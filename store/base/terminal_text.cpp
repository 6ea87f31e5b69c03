#include "store/base/terminal_text.hpp"

#include <algorithm>

namespace pel {

std::size_t control_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (text.empty()) {
    return 0;
  }
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

void append_hex_escapes(std::string& out, std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
}

std::string terminal_text(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  while (!message.empty()) {
    const bool is_layout = message.front() == '\n' || message.front() == '\t';
    const std::size_t control = is_layout ? 0 : control_length(message);
    const std::size_t length = std::max<std::size_t>(control, 1);
    if (control > 0) {
      append_hex_escapes(out, message.substr(0, control));
    } else {
      out += message.front();
    }
    message.remove_prefix(length);
  }
  return out;
}

}  // namespace pel
