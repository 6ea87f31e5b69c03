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

// The names that PEP 508 and PEP 751 give a meaning.
enum class MarkerVariable : std::uint8_t {
  python_version,
  python_full_version,
  os_name,
  sys_platform,
  platform_release,
  platform_system,
  platform_version,
  platform_machine,
  platform_python_implementation,
  implementation_name,
  implementation_version,
  extra,
  extras,             // a set
  dependency_groups,  // a set
};

// "platform_machine".
[[nodiscard]] const std::string& name_of(MarkerVariable variable);

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
  // a set on the left-hand side, and for a variable that the context does not have.
  [[nodiscard]] bool evaluate(const MarkerContext& context) const;

  // An equivalent marker in normalised spelling; parse(text()).text() equals text().
  [[nodiscard]] std::string text() const;

  // Whether it asks for `variable` anywhere.
  [[nodiscard]] bool mentions(MarkerVariable variable) const noexcept;

 private:
  friend class MarkerParser;

  enum class Operator : std::uint8_t {
    arbitrary,
    equal,
    compatible,
    not_equal,
    less_or_equal,
    greater_or_equal,
    less,
    greater,
    in,
    not_in,
  };

  struct Operand {
    std::optional<MarkerVariable> variable;
    std::string text;  // the literal, or the name of the variable
  };

  struct Comparison {
    Operand left;
    Operator op;
    Operand right;
    // Version comparison with a right-hand side that is known already: made by parse().
    std::optional<Specifier> specifier;
  };

  // The expression in postfix order: an index of comparisons_, or one of the two below.
  using Step = std::uint32_t;
  static constexpr Step kAnd = 0xFFFFFFFE;
  static constexpr Step kOr = 0xFFFFFFFF;

  Marker() = default;

  [[nodiscard]] static std::string_view spelling(Operator op) noexcept;
  [[nodiscard]] static std::string text_of(const Comparison& comparison);
  [[nodiscard]] static bool holds(const Comparison& comparison, const MarkerContext& context);
  [[nodiscard]] static bool holds_for_set(const Comparison& comparison,
                                          const std::set<std::string>& names);
  [[nodiscard]] static bool holds_for_text(const Comparison& comparison, std::string_view left,
                                           std::string_view right);

  std::vector<Comparison> comparisons_;
  std::vector<Step> steps_;
};

}  // namespace pel
