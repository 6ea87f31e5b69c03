#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/base_executable.hpp"
#include "store/interpreter/facts_cache.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/libpython.hpp"
#include "store/interpreter/process.hpp"
#include "store/interpreter/question.hpp"

namespace pel {
namespace {

constexpr std::chrono::seconds kPatience{30};

// A program that is no Python may answer with the whole question.
constexpr std::size_t kLongestLine = 160;

std::string first_line(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \r\n\t");
  if (begin == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(begin);
  text = text.substr(0, text.find('\n'));
  return text.size() <= kLongestLine ? std::string(text)
                                     : concat(text.substr(0, kLongestLine), "…");
}

// What a process that crashed may have lacked: CPython needs more, and so do other programs.
std::string small_stack() {
  constexpr rlim_t kUnit = 1024;
  constexpr rlim_t kSmall = 256 * kUnit;
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kSmall) {
    return {};
  }
  return concat(" (ulimit -s allows ", std::to_string(limit.rlim_cur / kUnit), " KiB of stack)");
}

constexpr int kCommandNotFound = 127;

// Error(not_found) for a script that itself found nothing to run: a pyenv shim of a version that
// is not chosen here.
[[noreturn]] void throw_silent(const std::string& executable, const ProcessResult& result) {
  std::string reason;
  ErrorCode code = ErrorCode::incompatible;
  if (result.timed_out) {
    reason = "it did not answer within 30 seconds";
  } else if (result.signal != 0) {
    reason = concat("it was ended by signal ", std::to_string(result.signal), small_stack());
  } else if (result.exit_code != 0) {
    code = result.exit_code == kCommandNotFound ? ErrorCode::not_found : code;
    reason = concat("it ended with status ", std::to_string(result.exit_code));
    if (const std::string line = first_line(result.err); !line.empty()) {
      reason += concat(": ", line);
    }
  } else {
    reason = "it does not answer as a Python interpreter does";
  }
  throw Error(code, concat("cannot use ", executable, ": ", reason))
      .with_hint(
          "it has to be CPython 3.9 or newer; `pyenvlaunch python list` shows those that can be "
          "found");
}

InterpreterAnswer ask(const std::string& executable, const std::string& directory) {
  const std::vector<std::string> argv{executable, "-I", "-S", "-c",
                                      std::string(interpreter_question())};
  ProcessOptions options;
  options.environment.unset_prefixes = {"PYTHON", "__PYVENV_LAUNCHER__"};
  options.directory = directory;
  options.timeout = kPatience;
  const ProcessResult result = run_process(argv, options);
  auto answer = result.ok() ? parse_answer(result.out) : std::nullopt;
  if (!answer) {
    throw_silent(executable, result);
  }
  return std::move(*answer);
}

InterpreterFacts facts_of_binary(const std::string& executable, const std::string& cache_dir) {
  if (auto cached = load_facts(cache_dir, executable)) {
    return std::move(*cached);
  }
  InterpreterAnswer answer = ask(executable, "/");
  answer.facts.executable = executable;
  answer.facts.bindir = directory_of(executable);
  choose_library(answer);
  std::vector<std::string> watched{executable};
  if (!answer.facts.libpython.empty()) {
    watched.push_back(answer.facts.libpython);
  } else {
    // So that a library that is installed later is noticed.
    watched.insert(watched.end(), answer.library_paths.begin(), answer.library_paths.end());
  }
  save_facts(cache_dir, executable, watched, answer.facts);
  return std::move(answer.facts);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? std::string() : std::string(value);
}

std::string working_directory() {
  std::string buffer(4096, '\0');
  return ::getcwd(buffer.data(), buffer.size()) == nullptr ? std::string("/")
                                                           : std::string(buffer.c_str());
}

// All that the answer of a pyenv shim depends on; empty for any other script.
std::string shim_key(const std::string& script, const std::string& directory) {
  const std::string shims = directory_of(script);
  const std::string root = directory_of(shims);
  struct stat status{};
  if (name_of(shims) != "shims" || ::stat((root + "/versions").c_str(), &status) != 0) {
    return {};
  }
  KeyHasher hasher;
  hasher.add("pyenv shim");
  hasher.add_file(script);
  hasher.add_file(root + "/version");
  hasher.add_file(root + "/versions");
  hasher.add(variable("PYENV_VERSION"));
  hasher.add(variable("PYENV_DIR"));
  for (std::string folder = directory;; folder = directory_of(folder)) {
    hasher.add_file(folder + "/.python-version");
    if (folder == "/" || folder == ".") {
      return hasher.hex();
    }
  }
}

// The executable that a script starts in the end. It is asked where the user is: what a pyenv shim
// stands for depends on the folder.
std::string executable_behind(const std::string& script, const std::string& cache_dir) {
  const std::string directory = working_directory();
  const std::string key = shim_key(script, directory);
  if (!key.empty()) {
    if (auto known = load_text(cache_dir, key)) {
      if (known->starts_with('/')) {
        return std::move(*known);
      }
      throw Error(ErrorCode::not_found, std::move(*known));
    }
  }
  try {
    std::string executable = ask(script, directory).facts.executable;
    if (!key.empty()) {
      save_text(cache_dir, key, executable);
    }
    return executable;
  } catch (const Error& error) {
    if (!key.empty() && error.code() == ErrorCode::not_found) {
      save_text(cache_dir, key, error.message());
    }
    throw;
  }
}

}  // namespace

InterpreterFacts ask_interpreter(const std::string& executable, const std::string& cache_dir) {
  auto base = resolve_base_executable(executable);
  if (!base) {
    throw Error(ErrorCode::not_found,
                concat("cannot use ", executable, ": there is no interpreter behind it"));
  }
  if (is_script(*base)) {
    const std::string real = executable_behind(*base, cache_dir);
    base = resolve_base_executable(real);
    if (!base || is_script(*base)) {
      throw Error(ErrorCode::incompatible, concat("cannot use ", executable, ": it leads to ", real,
                                                  ", which is no interpreter"));
    }
  }
  return facts_of_binary(*base, cache_dir);
}

}  // namespace pel
