#include "lock/marker_parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "lock/python_literal.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

struct VariableSpelling {
  std::string_view written;
  MarkerVariable variable;
};

// The dotted spellings are those of PEP 345 that old metadata uses.
constexpr VariableSpelling kVariables[] = {
    {"python_version", MarkerVariable::python_version},
    {"python_full_version", MarkerVariable::python_full_version},
    {"os_name", MarkerVariable::os_name},
    {"os.name", MarkerVariable::os_name},
    {"sys_platform", MarkerVariable::sys_platform},
    {"sys.platform", MarkerVariable::sys_platform},
    {"platform_release", MarkerVariable::platform_release},
    {"platform_system", MarkerVariable::platform_system},
    {"platform_version", MarkerVariable::platform_version},
    {"platform.version", MarkerVariable::platform_version},
    {"platform_machine", MarkerVariable::platform_machine},
    {"platform.machine", MarkerVariable::platform_machine},
    {"platform_python_implementation", MarkerVariable::platform_python_implementation},
    {"platform.python_implementation", MarkerVariable::platform_python_implementation},
    {"python_implementation", MarkerVariable::platform_python_implementation},
    {"implementation_name", MarkerVariable::implementation_name},
    {"implementation_version", MarkerVariable::implementation_version},
    {"extra", MarkerVariable::extra},
    {"extras", MarkerVariable::extras},
    {"dependency_groups", MarkerVariable::dependency_groups},
};

// Characters beyond ASCII count as letters.
bool is_word_char(char c) noexcept {
  return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Marker MarkerParser::parse() {
  any_of();
  if (!rest_.empty()) {
    fail("expected 'and', 'or' or the end");
  }
  return std::move(marker_);
}

void MarkerParser::any_of() {
  all_of();
  while (skip_word("or")) {
    all_of();
    marker_.steps_.push_back(Marker::kOr);
  }
}

void MarkerParser::all_of() {
  atom();
  while (skip_word("and")) {
    atom();
    marker_.steps_.push_back(Marker::kAnd);
  }
}

void MarkerParser::atom() {
  skip_blanks();
  if (!rest_.starts_with('(')) {
    marker_.steps_.push_back(static_cast<Marker::Step>(marker_.comparisons_.size()));
    marker_.comparisons_.push_back(comparison());
    return;
  }
  const std::size_t opening = position();
  if (++depth_ > kMaxMarkerDepth) {
    fail(concat("more than ", std::to_string(kMaxMarkerDepth), " parentheses in each other"));
  }
  rest_.remove_prefix(1);
  any_of();
  if (!rest_.starts_with(')')) {
    fail_at(opening, "this parenthesis is not closed");
  }
  rest_.remove_prefix(1);
  --depth_;
  skip_blanks();
}

Marker::Comparison MarkerParser::comparison() {
  Marker::Operand left = operand();
  skip_blanks();
  const Marker::Operator op = comparison_operator();
  skip_blanks();
  Marker::Operand right = operand();
  skip_blanks();

  // Names of extras and groups are compared in their normalised form (PEP 685, PEP 735).
  if (left.variable == MarkerVariable::extra && !right.variable) {
    right.text = normalize_name(right.text);
  } else if (!left.variable && right.variable &&
             (right.variable == MarkerVariable::extra || is_set(*right.variable))) {
    left.text = normalize_name(left.text);
  }
  Marker::Comparison result{std::move(left), op, std::move(right), std::nullopt};
  if (result.left.variable && compares_versions(*result.left.variable)) {
    result.specifier = Specifier::parse(concat(Marker::spelling(op), result.right.text));
  }
  return result;
}

Marker::Operand MarkerParser::operand() {
  for (const VariableSpelling& each : kVariables) {
    if (skip_word(each.written)) {
      return {each.variable, name_of(each.variable)};
    }
  }
  if (!rest_.starts_with('\'') && !rest_.starts_with('"')) {
    fail("expected a variable or a quoted string");
  }
  const std::size_t opening = position();
  const std::size_t closing = rest_.find(rest_.front(), 1);
  if (closing == std::string_view::npos) {
    fail("this string is not closed");
  }
  std::optional<std::string> value = unescape_python_string(rest_.substr(1, closing - 1));
  if (!value) {
    fail_at(opening, "this string has an invalid escape or character");
  }
  rest_.remove_prefix(closing + 1);
  return {std::nullopt, *std::move(value)};
}

Marker::Operator MarkerParser::comparison_operator() {
  if (skip_word("in")) {
    return Marker::Operator::in;
  }
  if (skip_word("not")) {
    skip_blanks();
    if (!skip_word("in")) {
      fail("expected 'in' behind 'not'");
    }
    return Marker::Operator::not_in;
  }
  constexpr Marker::Operator kOperators[] = {
      Marker::Operator::arbitrary,     Marker::Operator::equal,
      Marker::Operator::compatible,    Marker::Operator::not_equal,
      Marker::Operator::less_or_equal, Marker::Operator::greater_or_equal,
      Marker::Operator::less,          Marker::Operator::greater,
  };
  for (const Marker::Operator op : kOperators) {
    const std::string_view spelling = Marker::spelling(op);
    if (rest_.starts_with(spelling)) {
      rest_.remove_prefix(spelling.size());
      return op;
    }
  }
  fail("expected one of ==, !=, <=, >=, <, >, ~=, ===, in, not in");
}

void MarkerParser::skip_blanks() noexcept {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
}

bool MarkerParser::skip_word(std::string_view word) noexcept {
  const bool starts_word = position() == 0 || !is_word_char(text_[position() - 1]);
  if (!starts_word || !rest_.starts_with(word) ||
      (rest_.size() > word.size() && is_word_char(rest_[word.size()]))) {
    return false;
  }
  rest_.remove_prefix(word.size());
  return true;
}

void MarkerParser::fail_at(std::size_t offset, std::string_view reason) const {
  throw Error(ErrorCode::corrupt, concat("marker ", quoted(text_), ": column ",
                                         std::to_string(offset + 1), ": ", reason));
}

}  // namespace pel
