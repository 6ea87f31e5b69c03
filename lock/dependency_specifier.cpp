#include "lock/dependency_specifier.hpp"

#include <algorithm>
#include <cstddef>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

class DependencyParser {
 public:
  explicit DependencyParser(std::string_view text) : text_(text), rest_(trim(text)) {}

  DependencySpecifier parse() {
    DependencySpecifier result;
    result.text = trim(text_);
    result.name = take_name();
    result.normalized_name = normalize_name(result.name);
    result.extras = take_extras();
    rest_ = trim(rest_);
    if (rest_.starts_with('@')) {
      result.url = take_url();
    } else {
      const std::string_view versions = without_parentheses(take_until_marker());
      check_clauses(versions);
      result.versions = SpecifierSet::parse(versions);
    }
    rest_ = trim(rest_);
    if (rest_.starts_with(';')) {
      result.marker_text = trim(rest_.substr(1));
      result.marker = Marker::parse(result.marker_text);
    } else if (!rest_.empty()) {
      fail(concat("there is ", quoted(rest_), " behind the URL"));
    }
    return result;
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw Error(ErrorCode::corrupt, concat(quoted(text_), " is no requirement: ", reason));
  }

  std::string take_name() {
    const auto end = std::ranges::find_if_not(
        rest_, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    const std::string name(rest_.substr(0, size));
    if (!is_valid_name(name)) {
      fail("it does not start with a package name");
    }
    rest_ = trim(rest_.substr(size));
    return name;
  }

  std::vector<std::string> take_extras() {
    std::vector<std::string> extras;
    if (!rest_.starts_with('[')) {
      return extras;
    }
    const std::size_t end = rest_.find(']');
    if (end == std::string_view::npos) {
      fail("']' is missing");
    }
    std::string_view names = trim(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    while (!names.empty()) {
      const std::size_t comma = names.find(',');
      const std::string_view extra = trim(names.substr(0, comma));
      if (!is_valid_name(extra)) {
        fail(concat(quoted(extra), " is no name of an extra"));
      }
      extras.push_back(normalize_name(extra));
      names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
      if (comma != std::string_view::npos && names.empty()) {
        fail("there is no extra behind the last comma");
      }
    }
    return extras;
  }

  // A URL ends at white space; what follows is a marker.
  std::string take_url() {
    rest_ = trim(rest_.substr(1));
    const auto end = std::ranges::find_if(rest_, is_space);
    const std::string url(rest_.begin(), end);
    if (url.empty()) {
      fail("there is no URL behind '@'");
    }
    rest_.remove_prefix(url.size());
    return url;
  }

  std::string_view take_until_marker() {
    const std::size_t semicolon = std::min(rest_.find(';'), rest_.size());
    const std::string_view taken = trim(rest_.substr(0, semicolon));
    rest_.remove_prefix(semicolon);
    return taken;
  }

  // A set of specifiers alone may have empty clauses; a requirement may only end in a comma.
  void check_clauses(std::string_view versions) const {
    while (!versions.empty()) {
      const std::size_t comma = std::min(versions.find(','), versions.size());
      const std::string_view clause = trim(versions.substr(0, comma));
      if (clause.empty()) {
        fail("there is nothing before a comma");
      }
      versions.remove_prefix(std::min(comma + 1, versions.size()));
    }
  }

  std::string_view without_parentheses(std::string_view versions) const {
    if (!versions.starts_with('(')) {
      return versions;
    }
    if (!versions.ends_with(')')) {
      fail("')' is missing");
    }
    return trim(versions.substr(1, versions.size() - 2));
  }

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

DependencySpecifier DependencySpecifier::parse(std::string_view text) {
  return DependencyParser(text).parse();
}

std::optional<DependencySpecifier> DependencySpecifier::try_parse(std::string_view text) {
  try {
    return parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string DependencySpecifier::pinned_version() const {
  if (versions.specifiers().size() != 1) {
    return {};
  }
  const std::string clause = versions.text();
  std::string_view version = clause;
  if (!version.starts_with("==") || version.ends_with(".*")) {
    return {};
  }
  version.remove_prefix(version.starts_with("===") ? 3 : 2);
  return std::string(version);
}

}  // namespace pel
