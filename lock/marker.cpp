#include "lock/marker.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "lock/display.hpp"
#include "lock/marker_parser.hpp"
#include "lock/package_name.hpp"
#include "lock/python_literal.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

const std::array<std::string, 14>& variable_names() {
  static const std::array<std::string, 14> names{
      "python_version",
      "python_full_version",
      "os_name",
      "sys_platform",
      "platform_release",
      "platform_system",
      "platform_version",
      "platform_machine",
      "platform_python_implementation",
      "implementation_name",
      "implementation_version",
      "extra",
      "extras",
      "dependency_groups",
  };
  return names;
}

std::string value_of(MarkerVariable variable, const MarkerContext& context) {
  const auto found = context.variables->find(name_of(variable));
  if (found == context.variables->end()) {
    throw Error(ErrorCode::corrupt,
                concat("marker variable '", name_of(variable), "' has no value here"));
  }
  // Interpreters built from a working copy call themselves "3.14.0a1+", which is no version.
  if (variable == MarkerVariable::python_full_version && found->second.ends_with('+')) {
    return found->second + "local";
  }
  return variable == MarkerVariable::extra ? normalize_name(found->second) : found->second;
}

}  // namespace

const std::string& name_of(MarkerVariable variable) {
  return variable_names()[static_cast<std::size_t>(variable)];
}

Marker Marker::parse(std::string_view text) {
  return MarkerParser(text).parse();
}

std::string_view Marker::spelling(Operator op) noexcept {
  switch (op) {
    case Operator::arbitrary:
      return "===";
    case Operator::equal:
      return "==";
    case Operator::compatible:
      return "~=";
    case Operator::not_equal:
      return "!=";
    case Operator::less_or_equal:
      return "<=";
    case Operator::greater_or_equal:
      return ">=";
    case Operator::less:
      return "<";
    case Operator::greater:
      return ">";
    case Operator::in:
      return "in";
    case Operator::not_in:
      return "not in";
  }
  return {};
}

bool Marker::evaluate(const MarkerContext& context) const {
  // Two operands can wait at each level of parentheses.
  std::array<bool, 2 * kMaxMarkerDepth + 8> stack{};
  std::size_t size = 0;
  for (const Step step : steps_) {
    if (step == kAnd || step == kOr) {
      --size;
      stack.at(size - 1) = step == kAnd ? stack.at(size - 1) && stack.at(size)
                                        : stack.at(size - 1) || stack.at(size);
    } else {
      stack.at(size++) = holds(comparisons_[step], context);
    }
  }
  return stack.at(0);
}

bool Marker::holds(const Comparison& comparison, const MarkerContext& context) {
  const auto& [left, op, right, specifier] = comparison;
  if (left.variable) {
    if (is_set(*left.variable)) {
      throw Error(ErrorCode::corrupt, concat("marker variable '", left.text,
                                             "' is a set: it can only stand behind 'in'"));
    }
    // The right-hand side is text even if it is the name of a variable.
    const std::string value = value_of(*left.variable, context);
    return specifier ? specifier->matches(value) : holds_for_text(comparison, value, right.text);
  }
  std::optional<MarkerVariable> variable = right.variable;
  if (!variable) {
    const auto& names = variable_names();
    const auto* const named = std::ranges::find(names, right.text);
    if (named == names.end()) {
      throw Error(ErrorCode::corrupt, concat("marker compares ", quoted(left.text), " with ",
                                             quoted(right.text), ", and neither is a variable"));
    }
    variable = static_cast<MarkerVariable>(named - names.begin());
  }
  if (*variable == MarkerVariable::extras) {
    return holds_for_set(comparison, context.extras);
  }
  if (*variable == MarkerVariable::dependency_groups) {
    return holds_for_set(comparison, context.dependency_groups);
  }
  const std::string value = value_of(*variable, context);
  if (compares_versions(*variable)) {
    if (const auto dynamic = Specifier::parse(concat(spelling(op), value))) {
      return dynamic->matches(left.text);
    }
  }
  return holds_for_text(comparison, left.text, value);
}

bool Marker::holds_for_set(const Comparison& comparison, const std::set<std::string>& names) {
  const std::string name = normalize_name(comparison.left.text);
  switch (comparison.op) {
    case Operator::in:
      return names.contains(name);
    case Operator::not_in:
      return !names.contains(name);
    case Operator::not_equal:
      return true;  // a name never equals a set
    case Operator::arbitrary:
    case Operator::compatible:
      return holds_for_text(comparison, name, {});  // which says why not
    default:
      return false;
  }
}

bool Marker::holds_for_text(const Comparison& comparison, std::string_view left,
                            std::string_view right) {
  switch (comparison.op) {
    case Operator::in:
      return right.find(left) != std::string_view::npos;
    case Operator::not_in:
      return right.find(left) == std::string_view::npos;
    case Operator::equal:
    case Operator::less_or_equal:  // words have no order
    case Operator::greater_or_equal:
      return left == right;
    case Operator::not_equal:
      return left != right;
    case Operator::less:
    case Operator::greater:
      return false;
    case Operator::arbitrary:
    case Operator::compatible:
      break;
  }
  throw Error(ErrorCode::corrupt,
              concat("marker compares ", quoted(left), " with ", quoted(right), " by '",
                     spelling(comparison.op), "', which has a meaning for versions only"));
}

// Written from the end of the expression, without recursion: a chain of a hundred thousand "or" is
// as deep as it is long.
std::string Marker::text() const {
  // The operands of the operator at step i end at i - 1 and at left[i].
  std::vector<std::size_t> left(steps_.size());
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i] == kAnd || steps_[i] == kOr) {
      ends.pop_back();
      left[i] = ends.back();
      ends.back() = i;
    } else {
      ends.push_back(i);
    }
  }

  // What is left to write, the next on top: a step, or words.
  struct Piece {
    std::size_t step = 0;
    std::string_view words;
  };

  std::string out;
  std::vector<Piece> pieces{{steps_.size() - 1, {}}};
  while (!pieces.empty()) {
    const auto [at, words] = pieces.back();
    pieces.pop_back();
    if (!words.empty()) {
      out += words;
      continue;
    }
    const Step step = steps_[at];
    if (step != kAnd && step != kOr) {
      out += text_of(comparisons_[step]);
      continue;
    }
    const auto push = [&](std::size_t operand) {
      const bool wrapped = step == kAnd && steps_[operand] == kOr;
      if (wrapped) {
        pieces.push_back({0, ")"});
      }
      pieces.push_back({operand, {}});
      if (wrapped) {
        pieces.push_back({0, "("});
      }
    };
    push(at - 1);
    pieces.push_back({0, step == kAnd ? " and " : " or "});
    push(left[at]);
  }
  return out;
}

std::string Marker::text_of(const Comparison& comparison) {
  const auto operand = [](const Operand& each) {
    return each.variable ? each.text : python_string_literal(each.text);
  };
  return concat(operand(comparison.left), " ", spelling(comparison.op), " ",
                operand(comparison.right));
}

bool Marker::mentions(MarkerVariable variable) const noexcept {
  return std::ranges::any_of(comparisons_, [&](const Comparison& each) {
    return each.left.variable == variable || each.right.variable == variable;
  });
}

}  // namespace pel
