#include "frontend/python_range.hpp"

#include <algorithm>
#include <cstddef>

#include "lock/characters.hpp"
#include "lock/specifier.hpp"
#include "lock/version.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// ">=3.9,<4": from a version up to another one below which its first `kept` numbers are the same.
std::optional<std::string> range_from(std::string_view lowest, std::size_t kept) {
  const auto version = Version::parse(lowest);
  if (!version) {
    return std::nullopt;
  }
  std::string end;
  for (std::size_t i = 0; i + 1 < kept; ++i) {
    end += concat(std::to_string(version->release_number(i)), ".");
  }
  return concat(">=", lowest, ",<", end, std::to_string(version->release_number(kept - 1) + 1));
}

std::optional<std::string> clause_of(std::string_view text) {
  if (text == "*") {
    return std::string();
  }
  if (text.starts_with('^')) {
    return range_from(trim(text.substr(1)), 1);
  }
  if (text.starts_with('~') && !text.starts_with("~=")) {
    const std::string_view lowest = trim(text.substr(1));
    return range_from(lowest, lowest.find('.') == std::string_view::npos ? 1 : 2);
  }
  if (const auto specifier = Specifier::parse(text)) {
    return specifier->text();
  }
  const auto exact = Specifier::parse(concat("==", text));
  return exact ? std::optional(exact->text()) : std::nullopt;
}

// Clauses are joined by commas or blanks; a blank may stand behind an operator as well.
std::vector<std::string> clauses_of(std::string_view text) {
  constexpr std::string_view kOperators = "<>=!~^";
  std::vector<std::string> clauses;
  bool goes_on = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == ',') {
      goes_on = goes_on && !clauses.empty() &&
                (c != ',' && kOperators.find(clauses.back().back()) != std::string_view::npos);
      continue;
    }
    if (!goes_on) {
      clauses.emplace_back();
    }
    clauses.back() += c;
    goes_on = true;
  }
  return clauses;
}

std::optional<std::string> range_of(std::string_view text) {
  std::string range;
  for (const std::string& text_of_clause : clauses_of(text)) {
    const auto clause = clause_of(text_of_clause);
    if (!clause) {
      return std::nullopt;
    }
    range += concat(range.empty() || clause->empty() ? "" : ",", *clause);
  }
  return range;
}

void add_condition(std::string& marker, std::string_view condition) {
  marker += concat(marker.empty() ? "" : " and ", condition);
}

std::string system_of(std::string_view platform) {
  return platform.starts_with("windows") ? "win32"
         : platform.starts_with("macos") ? "darwin"
                                         : "linux";
}

std::string marker_of(const LockTarget& target, bool with_python) {
  std::string marker;
  for (const std::string& clause : clauses_of(with_python ? target.python : "")) {
    const std::size_t version = clause.find_first_not_of("<>=!~");
    add_condition(marker, concat("python_full_version ", clause.substr(0, version), " '",
                                 clause.substr(version), "'"));
  }
  if (!target.platform.empty()) {
    add_condition(marker, concat("sys_platform == '", system_of(target.platform), "'"));
  }
  if (!target.implementation.empty()) {
    add_condition(marker, concat("implementation_name == '", target.implementation, "'"));
  }
  return marker;
}

}  // namespace

std::optional<std::vector<std::string>> python_ranges(std::string_view text) {
  std::vector<std::string> ranges;
  for (bool more = true; more;) {
    const std::size_t end = std::min(text.find('|'), text.size());
    auto range = range_of(text.substr(0, end));
    if (!range) {
      return std::nullopt;
    }
    ranges.push_back(*std::move(range));
    more = end < text.size();
    text.remove_prefix(std::min(text.find_first_not_of('|', end), text.size()));
  }
  return ranges;
}

std::string plain_versions(std::string_view text) {
  const auto ranges = python_ranges(text);
  return ranges && ranges->size() == 1 ? ranges->front() : std::string();
}

void set_targets(LockDraft& head, const std::vector<LockTarget>& targets) {
  if (targets.empty()) {
    return;
  }
  const bool same_python = std::ranges::all_of(
      targets, [&](const LockTarget& target) { return target.python == targets.front().python; });
  if (same_python) {
    head.requires_python = targets.front().python;
  }
  for (const LockTarget& target : targets) {
    std::string marker = marker_of(target, !same_python);
    if (marker.empty()) {  // this one is for every machine
      head.environments.clear();
      return;
    }
    head.environments.push_back(std::move(marker));
  }
}

}  // namespace pel
