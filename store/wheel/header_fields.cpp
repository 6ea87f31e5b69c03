#include "store/wheel/header_fields.hpp"

#include <algorithm>
#include <cstddef>

#include "store/wheel/text_lines.hpp"

namespace pel {
namespace {

char lower(char c) noexcept {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

// Printable ASCII without the colon (RFC 5322, 3.6.8).
bool is_field_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

HeaderFields HeaderFields::parse(std::string_view text) {
  HeaderFields out;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) {
      break;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (!out.fields_.empty()) {
        std::string& value = out.fields_.back().second;
        value += '\n';
        value += trim(line);
      }
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      break;
    }
    const std::string_view name = trim(line.substr(0, colon));
    if (is_field_name(name)) {
      out.fields_.emplace_back(name, trim(line.substr(colon + 1)));
    }
  }
  for (auto& [name, value] : out.fields_) {
    value = std::string(trim(value));
  }
  return out;
}

std::string_view HeaderFields::first(std::string_view name) const noexcept {
  for (const auto& [field, value] : fields_) {
    if (std::ranges::equal(field, name, {}, lower, lower)) {
      return value;
    }
  }
  return {};
}

}  // namespace pel
