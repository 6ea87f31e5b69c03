#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/base_executable.hpp"
#include "store/interpreter/candidates.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/interpreter_search.hpp"
#include "store/interpreter/interpreter_spec.hpp"

namespace pel {
namespace {

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

std::vector<Candidate> all_candidates() {
  Candidates search;
  std::vector<Candidate> all;
  while (auto some = search.next_on_path()) {
    std::ranges::move(*some, std::back_inserter(all));
  }
  std::ranges::move(search.elsewhere(), std::back_inserter(all));
  return all;
}

// What interpreters are called that could be meant: "python3.12" and "3.12".
std::vector<std::string> command_names() {
  std::vector<std::string> names{"python", "python3"};
  for (const Candidate& candidate : all_candidates()) {
    if (candidate.minor) {
      names.push_back(concat("python3.", std::to_string(*candidate.minor)));
      names.push_back(concat("3.", std::to_string(*candidate.minor)));
    }
  }
  return names;
}

bool is_too_old(const std::string& version) {
  const auto parsed = Version::parse(version);
  return parsed && parsed->release_size() > 1 &&
         (parsed->release_number(0) < 3 ||
          (parsed->release_number(0) == 3 && parsed->release_number(1) < kOldestMinor));
}

// Whether any CPython 3 could be what is asked for.
bool is_satisfiable(const Demand& demand) {
  constexpr int kHighestMinor = 99;
  for (int minor = kOldestMinor; minor <= kHighestMinor; ++minor) {
    if (demand.is_possible(minor)) {
      return true;
    }
  }
  return false;
}

[[noreturn]] void throw_none_fits(const InterpreterQuery& query, const InterpreterSpec& spec,
                                  const std::vector<FoundInterpreter>& found,
                                  const Demand& demand) {
  std::string message = "cannot find ";
  message += spec.text.empty() ? std::string("an interpreter")
                               : concat("the interpreter '", spec.text, "'", source_of(query));
  if (!query.requires_python.empty()) {
    message += concat(" for a ", query.requirer, " that requires ", quoted(query.requires_python));
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
  if (!is_satisfiable(demand) && query.requires_python.empty()) {
    throw Error(ErrorCode::not_found, std::move(message))
        .with_hint("there is no such version: 3.12 and '>=3.11' are two that can be asked for");
  }
  if (!is_satisfiable(demand)) {
    throw Error(ErrorCode::not_found, std::move(message))
        .with_hint(query.requirer.ends_with("lock")
                       ? std::string("no version is both: choose one that the lock allows, or lock "
                                     "again for the one you want")
                       : concat("no version is both: choose one that the ", query.requirer,
                                " allows, or correct its requires-python"));
  }
  throw Error(ErrorCode::not_found, std::move(message))
      .with_hint(concat("install one, for example with `uv python install",
                        version.empty() ? "" : " ", version, "`, or name one with --python PATH"));
}

// Goes through the candidates in their order and keeps those that fit.
class Choice {
 public:
  Choice(const InterpreterQuery& query, const InterpreterSpec& spec, const Demand& demand)
      : query_(query), spec_(spec), demand_(demand), search_(query.cache_dir) {}

  InterpreterFacts make() {
    Candidates candidates;
    while (const auto on_path = candidates.next_on_path()) {
      if (look_at(*on_path, Stop::at_perfect)) {
        return std::move(fits_.back().facts);  // nothing that comes later can be better
      }
    }
    const auto first_elsewhere = static_cast<std::ptrdiff_t>(fits_.size());
    look_at(candidates.elsewhere(), Stop::never);
    if (fits_.empty()) {
      ask_the_rest();
    }
    std::stable_sort(fits_.begin() + first_elsewhere, fits_.end(), [](const Fit& a, const Fit& b) {
      return *version_of(a.facts) > *version_of(b.facts);
    });
    return std::ranges::min_element(fits_, {}, &Fit::drawbacks)->facts;  // the first of equals
  }

 private:
  struct Fit {
    Demand::Drawbacks drawbacks;
    InterpreterFacts facts;
  };

  enum class Stop { at_perfect, never };

  bool look_at(const std::vector<Candidate>& candidates, Stop stop) {
    for (const Candidate& candidate : candidates) {
      if (candidate.minor && !demand_.is_possible(*candidate.minor)) {
        continue;
      }
      const FoundInterpreter* const found = search_.look_at(candidate);
      if (found == nullptr || !found->facts || !demand_.mismatch(*found->facts).empty()) {
        continue;
      }
      fits_.push_back({demand_.drawbacks(*found->facts), *found->facts});
      if (stop == Stop::at_perfect && fits_.back().drawbacks == Demand::Drawbacks{}) {
        return true;
      }
    }
    return false;
  }

  // For the message, which tells of all that is there.
  [[noreturn]] void ask_the_rest() {
    for (const Candidate& candidate : all_candidates()) {
      search_.look_at(candidate);
    }
    throw_none_fits(query_, spec_, search_.found(), demand_);
  }

  const InterpreterQuery& query_;
  const InterpreterSpec& spec_;
  const Demand& demand_;
  InterpreterSearch search_;
  std::vector<Fit> fits_;
};

}  // namespace

InterpreterFacts find_interpreter(const InterpreterQuery& query) {
  const InterpreterSpec spec = InterpreterSpec::parse(query.spec, base_directory(query));
  const Demand demand(spec, query);
  if (spec.kind == InterpreterSpec::Kind::path) {
    return use_exactly(path_of(spec, query), query, demand);
  }
  if (spec.kind != InterpreterSpec::Kind::command) {
    return Choice(query, spec, demand).make();
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
    return Choice(query, versions, Demand(versions, query)).make();
  }
  throw Error(ErrorCode::not_found, concat("cannot find the interpreter '", spec.text, "'",
                                           source_of(query), ": no such command is on PATH"))
      .with_hint(
          nearest_hint(spec.text, command_names(),
                       "`pyenvlaunch python list` shows the interpreters that can be found"));
}

std::vector<FoundInterpreter> list_interpreters(const std::string& cache_dir) {
  InterpreterSearch searched(cache_dir);
  for (const Candidate& candidate : all_candidates()) {
    searched.look_at(candidate);
  }
  return std::move(searched.found());
}

}  // namespace pel
