#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lock/interpreter_facts.hpp"
#include "lock/specifier.hpp"

namespace pel {

// What a user means by an interpreter: InterpreterQuery::spec, taken apart.
struct InterpreterSpec {
  enum class Kind { any, path, command, versions };

  Kind kind = Kind::any;
  std::string text;  // as given
  std::string path;  // Kind::path: absolute; a file or a directory

  // Kind::versions, and Kind::command when the name says one ("python3.12").
  std::optional<SpecifierSet> versions;
  bool free_threaded = false;     // asked for: "3.13t"
  bool names_prerelease = false;  // asked for: "3.14.0rc1", ">=3.14.0a1"

  // Relative paths start at `directory` (absolute). Throws Error(usage) for what can be no
  // specification, or means an implementation other than CPython.
  [[nodiscard]] static InterpreterSpec parse(std::string_view text, const std::string& directory);

  // Named exactly: nothing else will do.
  [[nodiscard]] bool is_exact() const noexcept {
    return kind == Kind::path || kind == Kind::command;
  }
};

// The version as a PEP 440 version; "3.14.0a1+" of a development build counts as 3.14.0a1.
[[nodiscard]] std::optional<Version> version_of(const InterpreterFacts& facts);

}  // namespace pel
