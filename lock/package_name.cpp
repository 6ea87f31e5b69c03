#include "lock/package_name.hpp"

#include <algorithm>

#include "lock/characters.hpp"

namespace pel {
namespace {

bool is_separator(char c) noexcept {
  return c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string normalize_name(std::string_view name) {
  std::string normalized;
  normalized.reserve(name.size());
  for (const char c : name) {
    if (is_separator(c)) {
      if (normalized.empty() || normalized.back() != '-') {
        normalized += '-';
      }
    } else {
      normalized += to_lower(c);
    }
  }
  return normalized;
}

bool is_valid_name(std::string_view name) noexcept {
  return !name.empty() && is_alphanumeric(name.front()) && is_alphanumeric(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || is_separator(c); });
}

}  // namespace pel
