#include "store/format/config_path.hpp"

#include <cstddef>

namespace pel {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// npos for what is no digit.
std::size_t digit(char c) {
  return kDigits.find(c);
}

}  // namespace

std::string encode_config_path(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool at_end = i == 0 || i + 1 == path.size();  // where readers take blanks away
    if (c == '%' || byte < 0x20 || byte > 0x7E || (c == ' ' && at_end)) {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

std::string decode_config_path(std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) != kNone &&
                         digit(text[i + 2]) != kNone;
    if (escaped) {
      out += static_cast<char>(digit(text[i + 1]) << 4U | digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace pel
