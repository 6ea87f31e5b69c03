#include "frontend/requirement.hpp"

#include <algorithm>

#include "lock/characters.hpp"
#include "lock/package_name.hpp"

namespace pel {
namespace {

// Takes from `rest` what is before the first of `ends`.
std::string_view take_until(std::string_view& rest, std::string_view ends) {
  const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

bool take_extras(std::string_view& rest, std::vector<std::string>& extras) {
  rest.remove_prefix(1);
  const std::size_t close = rest.find(']');
  if (close == std::string_view::npos) {
    return false;
  }
  std::string_view list = rest.substr(0, close);
  while (!list.empty()) {
    const std::string_view extra = trim(take_until(list, ","));
    if (!extra.empty()) {
      extras.push_back(normalize_name(extra));
    }
    list.remove_prefix(list.empty() ? 0 : 1);
  }
  rest = trim(rest.substr(close + 1));
  return true;
}

}  // namespace

std::string Requirement::pinned_version() const {
  std::string_view rest = specifier;
  if (!rest.starts_with("==")) {
    return {};
  }
  rest.remove_prefix(rest.starts_with("===") ? 3 : 2);
  rest = trim(rest);
  return rest.empty() || rest.find_first_of(",*<>=!~ ") != std::string_view::npos
             ? std::string()
             : std::string(rest);
}

std::optional<Requirement> parse_requirement(std::string_view text) {
  std::string_view rest = trim(text);
  std::size_t end = 0;
  while (end < rest.size() &&
         (is_alphanumeric(rest[end]) || rest[end] == '-' || rest[end] == '_' || rest[end] == '.')) {
    ++end;
  }
  const std::string_view name = rest.substr(0, end);
  if (!is_valid_name(name)) {
    return std::nullopt;
  }
  Requirement result;
  result.name = normalize_name(name);
  rest = trim(rest.substr(end));
  if (rest.starts_with('[') && !take_extras(rest, result.extras)) {
    return std::nullopt;
  }
  if (rest.starts_with('@')) {
    rest = trim(rest.substr(1));
    result.url = take_until(rest, " \t");
    rest = trim(rest);
  } else {
    std::string_view specifier = trim(take_until(rest, ";"));
    if (specifier.starts_with('(') && specifier.ends_with(')')) {
      specifier = trim(specifier.substr(1, specifier.size() - 2));
    }
    if (!specifier.empty() &&
        std::string_view("<>=!~").find(specifier.front()) == std::string_view::npos) {
      return std::nullopt;  // "foo/bar", "foo bar"
    }
    result.specifier = specifier;
  }
  if (rest.starts_with(';')) {
    result.marker = trim(rest.substr(1));
    rest = {};
  }
  return rest.empty() ? std::optional(result) : std::nullopt;
}

}  // namespace pel
