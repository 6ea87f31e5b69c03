#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/specifier.hpp"

namespace pel {

// What a marker is evaluated against. `variables` are those of InterpreterFacts::markers, and
// "extra" where one is being asked for; it must outlive the evaluation. Names in the sets are
// normalised (PEP 503).
struct MarkerContext {
  const std::map<std::string, std::string>* variables = nullptr;
  std::set<std::string> extras;
  std::set<std::string> dependency_groups;
};

// An environment marker (PEP 508, with the set variables of PEP 751): "os_name == 'posix' and
// 'test' in extras". Semantics are those of the `packaging` project: python_version,
// python_full_version, platform_release and implementation_version compare as versions when the
// other side is one, everything else as text; "and" binds more tightly than "or".
class Marker {
 public:
  // Throws Error(corrupt) that quotes the marker and gives the position of what is wrong in it.
  [[nodiscard]] static Marker parse(std::string_view text);

  // Throws Error(corrupt) for a comparison that has no meaning, such as '~=' between two words or
  // a set on the left-hand side, and for "extra" where the context has none.
  [[nodiscard]] bool evaluate(const MarkerContext& context) const;

  // An equivalent marker in normalised spelling; parse(text()).text() equals text().
  [[nodiscard]] std::string text() const;

 private:
  friend class MarkerParser;

  enum class Variable : std::uint8_t;
  enum class Operator : std::uint8_t;

  struct Operand {
    std::optional<Variable> variable;
    std::string literal;  // when there is no variable
  };

  struct Comparison {
    Operand left;
    Operand right;
    Operator op;
    std::optional<Specifier> specifier;  // made by parse() when the right-hand side is a literal
  };

  // The expression in postfix order: an index of comparisons_, or one of the two below.
  using Step = std::uint32_t;
  static constexpr Step kAnd = 0xFFFFFFFE;
  static constexpr Step kOr = 0xFFFFFFFF;

  Marker() = default;
  [[nodiscard]] static bool compare(const Comparison& comparison, const MarkerContext& context);

  std::vector<Comparison> comparisons_;
  std::vector<Step> steps_;
};

}  // namespace pel
