#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "lock/specifier.hpp"
#include "store/interpreter/candidates.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/interpreter_spec.hpp"

// The two halves of a search: what is wanted, and what is there.
namespace pel {

inline constexpr int kOldestMinor = 9;  // CPython 3.9

// "CPython 3.13.0 (free-threaded)"
[[nodiscard]] std::string describe(const InterpreterFacts& facts);

// What a query demands of an interpreter. Refers to the specification.
class Demand {
 public:
  // Throws Error(corrupt) when the query's `requires_python` is no set of versions.
  Demand(const InterpreterSpec& spec, const InterpreterQuery& query);

  // Why it does not fit; empty if it does.
  [[nodiscard]] std::string mismatch(const InterpreterFacts& facts) const;

  // False if no release of 3.`minor` can fit. Saves asking interpreters whose name says enough.
  [[nodiscard]] bool is_possible(int minor) const;

  // Unusual build, pre-release, no library: smaller is better. Only what nobody asked for counts
  // against an interpreter.
  using Drawbacks = std::tuple<bool, bool, bool>;
  [[nodiscard]] Drawbacks drawbacks(const InterpreterFacts& facts) const;

 private:
  [[nodiscard]] bool allows(const Version& version) const;

  const InterpreterSpec& spec_;
  std::optional<SpecifierSet> required_;
  std::string required_text_;
  std::string requirer_;
};

// Asks candidates, each base interpreter once, and keeps what came of it.
class InterpreterSearch {
 public:
  explicit InterpreterSearch(const std::string& cache_dir) : cache_dir_(cache_dir) {}

  // The new entry, valid until the next call; null if the interpreter is known already, or if
  // there is none behind the candidate.
  const FoundInterpreter* look_at(const Candidate& candidate);

  [[nodiscard]] std::vector<FoundInterpreter>& found() noexcept { return found_; }

 private:
  const std::string& cache_dir_;
  std::set<std::string> paths_;
  std::vector<FoundInterpreter> found_;
};

}  // namespace pel
