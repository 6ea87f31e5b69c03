#include "store/prefix/entry_point.hpp"

#include <algorithm>

#include "store/base/text.hpp"
#include "store/wheel/install_scheme.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxNameLength = 255;  // NAME_MAX

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_identifier_start(char c) noexcept {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view strip(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_dotted_name(std::string_view text) noexcept {
  bool at_start = true;
  for (const char c : text) {
    if (c == '.') {
      if (at_start) {
        return false;
      }
      at_start = true;
    } else if (!is_identifier_start(c) && (at_start || !is_digit(c))) {
      return false;
    } else {
      at_start = false;
    }
  }
  return !at_start;
}

}  // namespace

std::optional<ObjectReference> ObjectReference::parse(std::string_view value) {
  std::string_view reference = strip(value);
  if (reference.ends_with(']')) {
    reference = strip(reference.substr(0, reference.find('[')));
  }
  const std::size_t colon = reference.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view module = strip(reference.substr(0, colon));
  const std::string_view attributes = strip(reference.substr(colon + 1));
  if (!is_dotted_name(module) || !is_dotted_name(attributes)) {
    return std::nullopt;
  }
  return ObjectReference{std::string(module), std::string(attributes)};
}

const char* script_name_problem(std::string_view name) noexcept {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
      name.size() > kMaxNameLength ||
      std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; }) ||
      name.find('\x7f') != std::string_view::npos) {
    return "it is no file name";
  }
  if (is_reserved_script(name)) {
    return "the name belongs to the interpreter";
  }
  return nullptr;
}

}  // namespace pel
