#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "lock/marker.hpp"

namespace pel {

// How deeply parentheses may nest, as `packaging` has it: evaluation keeps its operands in an array
// of fixed size.
inline constexpr std::size_t kMaxMarkerDepth = 200;

// Whether the values of `variable` are versions where they can be.
[[nodiscard]] constexpr bool compares_versions(MarkerVariable variable) noexcept {
  return variable == MarkerVariable::python_version ||
         variable == MarkerVariable::python_full_version ||
         variable == MarkerVariable::platform_release ||
         variable == MarkerVariable::implementation_version;
}

[[nodiscard]] constexpr bool is_set(MarkerVariable variable) noexcept {
  return variable == MarkerVariable::extras || variable == MarkerVariable::dependency_groups;
}

// Reads a marker by recursive descent:
//
//   marker     = all_of *("or" all_of)
//   all_of     = atom *("and" atom)
//   atom       = "(" marker ")" | comparison
//   comparison = operand operator operand
//   operand    = VARIABLE | STRING
class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text), rest_(text) {}

  [[nodiscard]] Marker parse();

 private:
  void any_of();
  void all_of();
  void atom();
  [[nodiscard]] Marker::Comparison comparison();
  [[nodiscard]] Marker::Operand operand();
  [[nodiscard]] Marker::Operator comparison_operator();

  void skip_blanks() noexcept;
  // Takes `word` if it stands here as a word of its own.
  bool skip_word(std::string_view word) noexcept;

  [[nodiscard]] std::size_t position() const noexcept { return text_.size() - rest_.size(); }

  [[noreturn]] void fail(std::string_view reason) const { fail_at(position(), reason); }

  [[noreturn]] void fail_at(std::size_t offset, std::string_view reason) const;

  std::string_view text_;
  std::string_view rest_;
  std::size_t depth_ = 0;
  Marker marker_;
};

}  // namespace pel
