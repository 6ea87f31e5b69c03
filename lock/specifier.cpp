#include "lock/specifier.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::string_view kWildcard = ".*";

// Decimal digits of any length, plus one.
std::string incremented(std::string_view digits) {
  std::string sum(digits);
  for (std::size_t i = sum.size(); i > 0; --i) {
    if (sum[i - 1] != '9') {
      ++sum[i - 1];
      return sum;
    }
    sum[i - 1] = '0';
  }
  return "1" + sum;
}

// The first version behind all that begin with `release`: "1.2" -> 1.3.dev0.
std::optional<Version> behind_prefix(std::string_view epoch, std::string_view release) {
  const std::size_t last = release.rfind('.') + 1;  // 0 if there is no dot
  return Version::parse(
      concat(epoch, release.substr(0, last), incremented(release.substr(last)), ".dev0"));
}

// "===" matches anything but white space, a semicolon and a closing parenthesis.
bool is_arbitrary_text(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::none_of(text, [](char c) { return is_space(c) || c == ';' || c == ')'; });
}

}  // namespace

std::optional<Specifier> Specifier::parse(std::string_view text) {
  struct Spelling {
    std::string_view written;
    Operator op;
  };

  constexpr Spelling kSpellings[] = {
      {"===", Operator::arbitrary},    {"~=", Operator::compatible},
      {"==", Operator::equal},         {"!=", Operator::not_equal},
      {"<=", Operator::less_or_equal}, {">=", Operator::greater_or_equal},
      {"<", Operator::less},           {">", Operator::greater},
  };
  text = trim(text);
  const auto* const spelling = std::ranges::find_if(
      kSpellings, [&](const Spelling& each) { return text.starts_with(each.written); });
  if (spelling == std::end(kSpellings)) {
    return std::nullopt;
  }
  const std::string_view operand = trim(text.substr(spelling->written.size()));
  Specifier specifier(spelling->op, std::string(operand));
  if (spelling->op == Operator::arbitrary) {
    if (!is_arbitrary_text(operand)) {
      return std::nullopt;
    }
    return specifier;
  }
  if (!specifier.set_version(operand)) {
    return std::nullopt;
  }
  return specifier;
}

bool Specifier::set_version(std::string_view operand) {
  const bool equality = operator_ == Operator::equal || operator_ == Operator::not_equal;
  if (equality && operand.ends_with(kWildcard)) {
    return set_prefix(operand.substr(0, operand.size() - kWildcard.size()));
  }
  const std::optional<Version> version = Version::parse(operand);
  if (!version || (version->has_local() && !equality)) {
    return false;
  }
  version_ = version;
  if (operator_ == Operator::compatible) {
    const std::string_view release = version->release();
    const std::size_t last_dot = release.rfind('.');
    if (last_dot == std::string_view::npos) {
      return false;  // "~=1" has no prefix to be compatible with
    }
    upper_ = behind_prefix(version->epoch(), release.substr(0, last_dot));
    return upper_.has_value();
  }
  return true;
}

bool Specifier::set_prefix(std::string_view prefix) {
  const std::optional<Version> base = Version::parse(prefix);
  // Only a plain release takes a wildcard, and nothing may stand between it and the wildcard.
  if (!base || base->is_prerelease() || base->is_postrelease() || base->has_local() ||
      is_space(prefix.back())) {
    return false;
  }
  operator_ = operator_ == Operator::equal ? Operator::equal_prefix : Operator::not_equal_prefix;
  version_ = Version::parse(concat(base->epoch(), base->release(), ".dev0"));
  upper_ = behind_prefix(base->epoch(), base->release());
  return version_.has_value() && upper_.has_value();
}

bool Specifier::matches(const Version& version) const {
  switch (operator_) {
    case Operator::arbitrary:
      return lowered(written_) == version.text();
    case Operator::compatible:
    case Operator::equal_prefix:
      return version >= bound() && version < upper();
    case Operator::not_equal_prefix:
      return version < bound() || version >= upper();
    case Operator::equal:
      return equals(version);
    case Operator::not_equal:
      return !equals(version);
    case Operator::less_or_equal:  // with every local version of the bound
      return bound().compare_up_to(Version::Prefix::all_public, version) >= 0;
    case Operator::greater_or_equal:
      return version >= bound();
    case Operator::less:
      return is_below(version);
    case Operator::greater:
      return is_above(version);
  }
  return false;
}

bool Specifier::equals(const Version& version) const {
  return bound().has_local() ? version == bound()
                             : bound().compare_up_to(Version::Prefix::all_public, version) == 0;
}

// "<1.0" leaves out what comes before 1.0 only because it leads to it: 1.0.dev1, 1.0rc1.
bool Specifier::is_below(const Version& version) const {
  if (bound().is_prerelease()) {
    return version < bound();
  }
  const auto family = bound().is_postrelease() ? Version::Prefix::post : Version::Prefix::release;
  return bound().compare_up_to(family, version) > 0;
}

// ">1.0" leaves out local versions of 1.0 and, because 1.0 is none itself, its post-releases.
bool Specifier::is_above(const Version& version) const {
  const auto family = bound().is_devrelease() || bound().is_postrelease()
                          ? Version::Prefix::all_public
                          : Version::Prefix::pre;
  return bound().compare_up_to(family, version) < 0;
}

bool Specifier::matches(std::string_view candidate) const {
  if (operator_ == Operator::arbitrary) {
    return std::ranges::equal(written_, candidate, {}, to_lower, to_lower);
  }
  const std::optional<Version> version = Version::parse(candidate);
  return version && matches(*version);
}

std::string Specifier::text() const {
  std::string_view op;
  switch (operator_) {
    case Operator::compatible:
      op = "~=";
      break;
    case Operator::equal:
    case Operator::equal_prefix:
      op = "==";
      break;
    case Operator::not_equal:
    case Operator::not_equal_prefix:
      op = "!=";
      break;
    case Operator::less_or_equal:
      op = "<=";
      break;
    case Operator::greater_or_equal:
      op = ">=";
      break;
    case Operator::less:
      op = "<";
      break;
    case Operator::greater:
      op = ">";
      break;
    case Operator::arbitrary:
      op = "===";
      break;
  }
  return concat(op, written_);
}

SpecifierSet SpecifierSet::parse(std::string_view text) {
  SpecifierSet set;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view clause = trim(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (clause.empty()) {
      continue;
    }
    std::optional<Specifier> specifier = Specifier::parse(clause);
    if (!specifier) {
      throw Error(ErrorCode::corrupt, concat(quoted(clause), " is no version specifier"))
          .with_hint("it has the form '>=3.9' or '==1.4.*'; several are joined by commas");
    }
    set.specifiers_.push_back(*std::move(specifier));
  }
  return set;
}

bool SpecifierSet::contains(const Version& version, std::optional<bool> prereleases) const {
  return (prereleases.value_or(true) || !version.is_prerelease()) &&
         std::ranges::all_of(specifiers_,
                             [&](const Specifier& each) { return each.matches(version); });
}

bool SpecifierSet::contains(std::string_view candidate, std::optional<bool> prereleases) const {
  if (!prereleases.value_or(true)) {
    const std::optional<Version> version = Version::parse(candidate);
    if (version && version->is_prerelease()) {
      return false;
    }
  }
  return std::ranges::all_of(specifiers_,
                             [&](const Specifier& each) { return each.matches(candidate); });
}

std::string SpecifierSet::text() const {
  std::string joined;
  for (const Specifier& specifier : specifiers_) {
    joined += joined.empty() ? "" : ",";
    joined += specifier.text();
  }
  return joined;
}

}  // namespace pel
