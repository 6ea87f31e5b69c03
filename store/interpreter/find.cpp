#include <unistd.h>

#include <algorithm>
#include <array>
#include <compare>
#include <set>
#include <tuple>

#include "lock/specifier.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/base_executable.hpp"
#include "store/interpreter/candidates.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/interpreter_spec.hpp"

namespace pel {
namespace {

constexpr int kOldestMinor = 9;

std::string describe(const InterpreterFacts& facts) {
  std::string name = facts.implementation == "cpython" ? "CPython" : facts.implementation;
  return concat(name, " ", facts.full_version, facts.gil_disabled ? " (free-threaded)" : "",
                facts.debug_build ? " (debug build)" : "");
}

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

// What a query demands of an interpreter.
class Demand {
 public:
  Demand(const InterpreterSpec& spec, const std::string& requires_python) : spec_(spec) {
    if (!requires_python.empty()) {
      required_ = SpecifierSet::parse(requires_python);
      required_text_ = requires_python;
    }
  }

  // Why it does not fit; empty if it does.
  [[nodiscard]] std::string mismatch(const InterpreterFacts& facts) const {
    if (std::string reason = unusable(facts); !reason.empty()) {
      return reason;
    }
    const Version version = *version_of(facts);
    if (required_ && !required_->contains(version, true)) {
      return concat("the lock requires '", required_text_, "'");
    }
    if (spec_.kind == InterpreterSpec::Kind::versions && !spec_.versions->contains(version, true)) {
      return concat("it is not '", spec_.text, "'");
    }
    if (spec_.free_threaded && !facts.gil_disabled) {
      return "it is not free-threaded";
    }
    return {};
  }

  // Smaller is better. Only what nobody asked for counts against an interpreter.
  [[nodiscard]] std::tuple<bool, bool, bool> drawbacks(const InterpreterFacts& facts) const {
    const bool unusual = (facts.gil_disabled && !spec_.free_threaded) || facts.debug_build;
    const bool prerelease = version_of(facts)->is_prerelease() && !spec_.names_prerelease;
    return {unusual, prerelease, facts.libpython.empty()};
  }

 private:
  const InterpreterSpec& spec_;
  std::optional<SpecifierSet> required_;
  std::string required_text_;
};

// Asks candidates, each base interpreter once, and keeps what came of it.
class Search {
 public:
  explicit Search(const std::string& cache_dir) : cache_dir_(cache_dir) {}

  // The new entry; null if the interpreter is known already.
  FoundInterpreter* look_at(const Candidate& candidate) {
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

  [[nodiscard]] std::vector<FoundInterpreter>& found() noexcept { return found_; }

 private:
  const std::string& cache_dir_;
  std::set<std::string> paths_;
  std::vector<FoundInterpreter> found_;
};

std::string source_of(const InterpreterQuery& query) {
  return query.spec_source.empty() ? std::string() : concat(" (", query.spec_source, ")");
}

std::string base_directory(const InterpreterQuery& query) {
  if (!query.directory.empty()) {
    return query.directory;
  }
  std::array<char, 4096> buffer;
  const char* const directory = ::getcwd(buffer.data(), buffer.size());
  return directory == nullptr ? std::string("/") : std::string(directory);
}

// The interpreter that was named: it fits, or there is an error.
InterpreterFacts use_exactly(const std::string& path, const InterpreterQuery& query,
                             const Demand& demand) {
  InterpreterFacts facts = with_context(
      [&] { return concat("looking for the interpreter '", query.spec, "'", source_of(query)); },
      [&] { return ask_interpreter(path, query.cache_dir); });
  if (const std::string reason = demand.mismatch(facts); !reason.empty()) {
    throw Error(ErrorCode::incompatible, concat("cannot use ", path, source_of(query), ": it is ",
                                                describe(facts), ", but ", reason))
        .with_hint("name another interpreter, or none to let one be found");
  }
  return facts;
}

std::string path_of(const InterpreterSpec& spec, const InterpreterQuery& query) {
  if (const auto inside = interpreter_in_directory(spec.path)) {
    return *inside;
  }
  if (!is_executable_file(spec.path)) {
    const bool exists = ::access(spec.path.c_str(), F_OK) == 0;
    throw Error(ErrorCode::not_found,
                concat("cannot use the interpreter ", spec.path, source_of(query), ": ",
                       exists ? "it is no executable file, and no folder that holds bin/python3"
                              : "there is no such file"))
        .with_hint("`pyenvlaunch python list` shows the interpreters that can be found");
  }
  return spec.path;
}

// The version that is asked for at least, as advice; or empty.
std::string version_to_install(const InterpreterSpec& spec, const std::string& requires_python) {
  const std::string& text = spec.versions ? spec.text : requires_python;
  const std::size_t digit = text.find_first_of("0123456789");
  const bool excluded = text.starts_with("!=") || text.starts_with('<') ||
                        (text.starts_with('>') && !text.starts_with(">="));
  if (digit == std::string::npos || excluded) {
    return {};
  }
  const std::size_t end = text.find_first_not_of("0123456789.", digit);
  return text.substr(digit, std::min(end, text.size()) - digit);
}

bool is_too_old(const std::string& version) {
  const auto parsed = Version::parse(version);
  return parsed && parsed->release_size() > 1 &&
         (parsed->release_number(0) < 3 ||
          (parsed->release_number(0) == 3 && parsed->release_number(1) < kOldestMinor));
}

[[noreturn]] void throw_none_fits(const InterpreterQuery& query, const InterpreterSpec& spec,
                                  const std::vector<FoundInterpreter>& found,
                                  const Demand& demand) {
  std::string message = "cannot find ";
  message += spec.text.empty() ? std::string("an interpreter")
                               : concat("the interpreter '", spec.text, "'", source_of(query));
  if (!query.requires_python.empty()) {
    message += concat(" for a lock that requires '", query.requires_python, "'");
  }
  message += found.empty() ? ": there is no Python on PATH, in pyenv, in uv or in /usr/bin"
                           : ": none of these fits";
  for (const FoundInterpreter& entry : found) {
    message += concat("\n  ", entry.path, ": ");
    message += entry.facts ? concat(describe(*entry.facts), ", but ", demand.mismatch(*entry.facts))
                           : entry.problem;
  }
  const std::string version = version_to_install(spec, query.requires_python);
  if (is_too_old(version)) {
    throw Error(ErrorCode::not_found, std::move(message))
        .with_hint("an environment needs CPython 3.9 or newer");
  }
  throw Error(ErrorCode::not_found, std::move(message))
      .with_hint(concat("install one, for example with `uv python install",
                        version.empty() ? "" : " ", version, "`, or name one with --python PATH"));
}

InterpreterFacts search(const InterpreterQuery& query, const InterpreterSpec& spec,
                        const Demand& demand) {
  struct Fit {
    std::tuple<bool, bool, bool> drawbacks;
    InterpreterFacts facts;
  };

  constexpr std::tuple<bool, bool, bool> kPerfect{false, false, false};
  Search searched(query.cache_dir);
  std::vector<Fit> fits;
  for (const Candidate& candidate : candidates_on_path()) {
    const FoundInterpreter* const found = searched.look_at(candidate);
    if (found != nullptr && found->facts && demand.mismatch(*found->facts).empty()) {
      fits.push_back({demand.drawbacks(*found->facts), *found->facts});
      if (fits.back().drawbacks == kPerfect) {
        return std::move(fits.back().facts);  // nothing that comes later can be better
      }
    }
  }
  const auto first_elsewhere = static_cast<std::ptrdiff_t>(fits.size());
  for (const Candidate& candidate : candidates_elsewhere()) {
    const FoundInterpreter* const found = searched.look_at(candidate);
    if (found != nullptr && found->facts && demand.mismatch(*found->facts).empty()) {
      fits.push_back({demand.drawbacks(*found->facts), *found->facts});
    }
  }
  if (fits.empty()) {
    throw_none_fits(query, spec, searched.found(), demand);
  }
  std::stable_sort(fits.begin() + first_elsewhere, fits.end(), [](const Fit& a, const Fit& b) {
    return *version_of(a.facts) > *version_of(b.facts);
  });
  return std::ranges::min_element(fits, {}, &Fit::drawbacks)->facts;  // the first of equals
}

}  // namespace

InterpreterFacts find_interpreter(const InterpreterQuery& query) {
  const InterpreterSpec spec = InterpreterSpec::parse(query.spec, base_directory(query));
  const Demand demand(spec, query.requires_python);
  if (spec.kind == InterpreterSpec::Kind::path) {
    return use_exactly(path_of(spec, query), query, demand);
  }
  if (spec.kind != InterpreterSpec::Kind::command) {
    return search(query, spec, demand);
  }
  if (const std::string path = find_on_path(spec.text); !path.empty()) {
    try {
      return use_exactly(path, query, demand);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_found || !spec.versions) {
        throw;
      }
    }
  }
  if (const std::string path = find_pyenv_version(spec.text); !path.empty()) {
    return use_exactly(path, query, demand);
  }
  if (spec.versions) {  // "python3.12" that is installed, but not on PATH, or behind a vain shim
    InterpreterSpec versions = spec;
    versions.kind = InterpreterSpec::Kind::versions;
    return search(query, versions, Demand(versions, query.requires_python));
  }
  throw Error(ErrorCode::not_found, concat("cannot find the interpreter '", spec.text, "'",
                                           source_of(query), ": no such command is on PATH"))
      .with_hint("`pyenvlaunch python list` shows the interpreters that can be found");
}

std::vector<FoundInterpreter> list_interpreters(const std::string& cache_dir) {
  Search searched(cache_dir);
  for (const Candidate& candidate : candidates_on_path()) {
    searched.look_at(candidate);
  }
  for (const Candidate& candidate : candidates_elsewhere()) {
    searched.look_at(candidate);
  }
  return std::move(searched.found());
}

}  // namespace pel
