#include "store/interpreter/interpreter_search.hpp"

#include <utility>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/base_executable.hpp"

namespace pel {
namespace {

// What stands behind "cannot use <path>: ".
std::string reason_of(const Error& error) {
  const std::size_t colon = error.message().find(": ");
  return colon == std::string::npos ? error.message() : error.message().substr(colon + 2);
}

// Why no environment can run on it at all; empty if one can.
std::string unusable(const InterpreterFacts& facts) {
  if (facts.implementation != "cpython") {
    return "only CPython can run an environment";
  }
  if (facts.major != 3 || facts.minor < kOldestMinor) {
    return "CPython 3.9 or newer is needed";
  }
  if (!version_of(facts)) {
    return "its version cannot be understood";
  }
  return {};
}

}  // namespace

std::string describe(const InterpreterFacts& facts) {
  std::string name = facts.implementation == "cpython" ? "CPython" : facts.implementation;
  return concat(name, " ", facts.full_version, facts.gil_disabled ? " (free-threaded)" : "",
                facts.debug_build ? " (debug build)" : "");
}

Demand::Demand(const InterpreterSpec& spec, const InterpreterQuery& query)
    : spec_(spec), requirer_(query.requirer) {
  if (!query.requires_python.empty()) {
    required_ = SpecifierSet::parse(query.requires_python);
    required_text_ = query.requires_python;
  }
}

std::string Demand::mismatch(const InterpreterFacts& facts) const {
  if (std::string reason = unusable(facts); !reason.empty()) {
    return reason;
  }
  const Version version = *version_of(facts);
  if (required_ && !required_->contains(version, true)) {
    return concat("the ", requirer_, " requires ", quoted(required_text_));
  }
  if (spec_.kind == InterpreterSpec::Kind::versions && !spec_.versions->contains(version, true)) {
    return concat("it is not '", spec_.text, "'");
  }
  if (spec_.free_threaded && !facts.gil_disabled) {
    return "it is not free-threaded";
  }
  return {};
}

bool Demand::is_possible(int minor) const {
  constexpr int kHighestMicro = 40;
  if (spec_.names_prerelease) {
    return true;  // there are too many of them to try
  }
  for (int micro = 0; micro < kHighestMicro; ++micro) {
    const std::string text = concat("3.", std::to_string(minor), ".", std::to_string(micro));
    if (allows(*Version::parse(text)) || (micro == 0 && allows(*Version::parse(text + "a1")))) {
      return true;
    }
  }
  return false;
}

Demand::Drawbacks Demand::drawbacks(const InterpreterFacts& facts) const {
  const bool unusual = (facts.gil_disabled && !spec_.free_threaded) || facts.debug_build;
  const bool prerelease = version_of(facts)->is_prerelease() && !spec_.names_prerelease;
  return {unusual, prerelease, facts.libpython.empty()};
}

bool Demand::allows(const Version& version) const {
  return (!required_ || required_->contains(version, true)) &&
         (!spec_.versions || spec_.versions->contains(version, true));
}

const FoundInterpreter* InterpreterSearch::look_at(const Candidate& candidate) {
  FoundInterpreter found;
  found.path = candidate.path;
  found.origin = candidate.origin;
  const auto base = resolve_base_executable(candidate.path);
  if (!base || !paths_.insert(*base).second) {
    return nullptr;
  }
  try {
    found.facts = ask_interpreter(candidate.path, cache_dir_);
    found.problem = unusable(*found.facts);
    const std::string& executable = found.facts->executable;
    if (executable != *base && !paths_.insert(executable).second) {
      return nullptr;  // a shim for one that is known
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) {
      return nullptr;  // a shim for what is not there
    }
    found.problem = reason_of(error);
  }
  found_.push_back(std::move(found));
  return &found_.back();
}

}  // namespace pel
