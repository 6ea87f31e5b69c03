#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lock/version.hpp"

namespace pel {

// One clause of a version specifier, such as ">=3.9" or "==1.4.*" (PEP 440).
class Specifier {
 public:
  // Nothing if `text` is no specifier. White space around it is allowed.
  [[nodiscard]] static std::optional<Specifier> parse(std::string_view text);

  // Whether `version` is among those meant. Whether pre-releases are wanted at all is the caller's
  // question, see SpecifierSet::contains.
  [[nodiscard]] bool matches(const Version& version) const;

  // The same for a text that need not be a version: only "===" can match one that is none.
  [[nodiscard]] bool matches(std::string_view candidate) const;

  // Operator and version as written, without the space between them.
  [[nodiscard]] std::string text() const;

 private:
  enum class Operator : std::uint8_t {
    compatible,
    equal,
    not_equal,
    less_or_equal,
    greater_or_equal,
    less,
    greater,
    arbitrary,  // "===": equality of strings
    equal_prefix,
    not_equal_prefix,  // "!=1.2.*"
  };

  Specifier(Operator op, std::string written) : operator_(op), written_(std::move(written)) {}

  [[nodiscard]] bool set_version(std::string_view operand);
  [[nodiscard]] bool set_prefix(std::string_view prefix);
  [[nodiscard]] bool equals(const Version& version) const;
  [[nodiscard]] bool is_below(const Version& version) const;
  [[nodiscard]] bool is_above(const Version& version) const;

  // Every operator but "===" has one.
  [[nodiscard]] const Version& bound() const { return version_.value(); }

  // "~=" and the prefix operators have one.
  [[nodiscard]] const Version& upper() const { return upper_.value(); }

  Operator operator_;
  std::string written_;
  std::optional<Version> version_;  // empty for "===" only; of a prefix its first version
  std::optional<Version> upper_;    // behind the last one of "~=" and of a prefix
};

// Comma-separated clauses that must all hold; none of them: every version matches.
// The semantics are those of the `packaging` project (release 26.4).
class SpecifierSet {
 public:
  SpecifierSet() = default;

  // Throws Error(corrupt) that quotes the clause that is wrong.
  [[nodiscard]] static SpecifierSet parse(std::string_view text);

  // With `prereleases` unset a pre-release matches like any other version, because a single
  // candidate has no final release to be preferred to it; false refuses them all.
  [[nodiscard]] bool contains(const Version& version,
                              std::optional<bool> prereleases = std::nullopt) const;

  // The same for a text: one that is no version can only match "===" clauses.
  [[nodiscard]] bool contains(std::string_view candidate,
                              std::optional<bool> prereleases = std::nullopt) const;

  [[nodiscard]] bool empty() const noexcept { return specifiers_.empty(); }

  [[nodiscard]] std::span<const Specifier> specifiers() const noexcept { return specifiers_; }

  // The clauses as written, in their order, joined by ",".
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Specifier> specifiers_;
};

}  // namespace pel
