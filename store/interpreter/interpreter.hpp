#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"

namespace pel {

// Which interpreter is wanted, and by whom.
struct InterpreterQuery {
  // A path of an executable, or of the directory of an environment or installation (it holds a
  // slash, or names something in `directory`); a command ("python3.12"); a version ("3.12",
  // "3.12.1", "3.13t", "cpython@3.12"); a set of versions (">=3.11,<3.13"); or empty: any.
  std::string spec{};
  std::string spec_source{};      // "--python", "PYENVLAUNCH_PYTHON", ...: for messages; or empty
  std::string requires_python{};  // of the lock, or empty
  std::string requirer{"lock"};   // whose wish that is, for messages
  std::string cache_dir{};        // folder of the facts (v1/interpreters); made when needed
  std::string directory{};        // where relative paths start; empty: the working directory
};

// The interpreter that a query means: CPython 3.9 or newer, of the versions wanted.
//
// One that is named by a path or a command is taken as it is. Otherwise the first on PATH that
// fits, then the newest of pyenv's, uv's and the system's. One with a shared library goes before
// one without, a final release before a pre-release, an ordinary build before a free-threaded or
// debug build, unless the specification asks for those.
//
// An environment's python, a link and a pyenv shim stand for the base interpreter behind them.
// Throws Error(not_found) that lists what was looked at and why it did not fit;
// Error(incompatible) when the one that was named does not fit; Error(usage) for a specification
// that makes no sense. Facts whose `libpython` is empty are no error here.
[[nodiscard]] InterpreterFacts find_interpreter(const InterpreterQuery& query);

struct FoundInterpreter {
  std::string path;    // as found
  std::string origin;  // "PATH", "pyenv", "uv", "system"
  std::optional<InterpreterFacts> facts;
  std::string problem;  // why it can't be used; empty if it can
};

// All interpreters that a search looks at, in its order, each base interpreter once.
[[nodiscard]] std::vector<FoundInterpreter> list_interpreters(const std::string& cache_dir);

// The facts of the base interpreter behind `executable` (absolute). Runs it at most once: facts
// are kept in `cache_dir` for as long as the executable, its library and the system stay the same.
// Throws Error(not_found) if there is no such file, Error(incompatible) if it is no Python or does
// not answer. Facts of versions and implementations that cannot be used are returned as they are.
[[nodiscard]] InterpreterFacts ask_interpreter(const std::string& executable,
                                               const std::string& cache_dir);

// What a .python-version file asks for.
struct PinnedPython {
  std::string spec;
  std::string file;  // absolute
};

// The nearest .python-version in `directory` or above it that names a version. pyenv's "system"
// means no wish, and ends the search.
[[nodiscard]] std::optional<PinnedPython> find_python_version_file(std::string_view directory);

}  // namespace pel
