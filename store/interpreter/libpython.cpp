#include "store/interpreter/libpython.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/spawn.hpp"

namespace pel {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLongestCheck{20};

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real == nullptr ? path : std::string(real.get());
}

// In the child: writes '+' and the version, or '-' and the reason. Between fork() and _exit()
// only the loader and write() are used.
[[noreturn]] void report_version(const char* library, int fd) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  void* const handle = ::dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  void* const symbol = handle == nullptr ? nullptr : ::dlsym(handle, "Py_GetVersion");
  const char* text = nullptr;
  if (symbol == nullptr) {
    text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): this process has one thread
  } else {
    const char* (*get_version)() = nullptr;
    std::memcpy(&get_version, &symbol, sizeof(symbol));
    text = get_version();
  }
  const char sign = symbol == nullptr ? '-' : '+';
  if (::write(fd, &sign, 1) == 1 && text != nullptr) {
    static_cast<void>(::write(fd, text, std::strlen(text)) == 0);
  }
  ::_exit(0);
}

// All that can be read until the writer is gone or time is up.
std::string read_all(int fd) {
  const auto deadline = Clock::now() + kLongestCheck;
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{fd, POLLIN, 0};
    if (left <= 0 || (::poll(&waiting, 1, static_cast<int>(left)) <= 0 && errno != EINTR)) {
      return text;
    }
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string ask_library(const std::string& library) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw_errno("make", "a pipe");
  }
  const UniqueFd ours(ends[0]);
  UniqueFd childs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) {
    throw_errno("fork for", library);
  }
  if (pid == 0) {
    report_version(library.c_str(), childs.get());
  }
  childs = UniqueFd();
  std::string answer = read_all(ours.get());
  ::kill(pid, SIGKILL);
  static_cast<void>(wait_for(pid));
  return answer;
}

// The suffix of extension modules is a string of the library, with zeros around it.
bool has_soabi(const std::string& library, const std::string& soabi) {
  int error = 0;
  const MappedFile file = MappedFile::open(library.c_str(), MappedFile::Trust::anybody, error);
  if (!file || soabi.empty()) {
    return false;
  }
  std::string text = concat(".", soabi, ".so");
  text.push_back('\0');
  const auto bytes = file.bytes();
  const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return content.find(text) != std::string_view::npos;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0;
}

// What to do about a missing library depends on who made the installation.
std::string advice(const InterpreterFacts& facts) {
  const std::string version = concat(std::to_string(facts.major), ".", std::to_string(facts.minor));
  const bool of_system = facts.executable.starts_with("/usr/bin/");
  if (of_system && exists("/etc/debian_version")) {
    return concat("install it with `apt install libpython", version, facts.abiflags, "`");
  }
  const std::string pyenv_versions = "/versions/";
  if (const std::size_t at = facts.prefix.rfind(pyenv_versions); at != std::string::npos) {
    const std::string name = facts.prefix.substr(at + pyenv_versions.size());
    return concat("rebuild it with `PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force ",
                  name, "`");
  }
  if (exists(facts.prefix + "/conda-meta")) {
    return "choose an interpreter that is not conda's";
  }
  return "choose an interpreter that was built with --enable-shared";
}

}  // namespace

std::optional<std::string> library_mismatch(const std::string& library,
                                            const InterpreterFacts& facts) {
  const std::string answer = ask_library(library);
  if (!answer.starts_with('+')) {
    const std::string_view reason = std::string_view(answer).substr(answer.empty() ? 0 : 1);
    return concat("cannot be opened: ", reason.empty() ? "the attempt crashed" : reason);
  }
  const std::string_view version = std::string_view(answer).substr(1);
  if (version != facts.version_line) {
    return concat("is of another build (", version.substr(0, version.find('\n')), ")");
  }
  if (!has_soabi(library, facts.soabi)) {
    return concat("is not built for ", facts.soabi);
  }
  return std::nullopt;
}

void choose_library(InterpreterAnswer& answer) {
  InterpreterFacts& facts = answer.facts;
  facts.libpython.clear();
  facts.libpython_reason.clear();
  if (!answer.mapped_library.empty()) {
    facts.libpython = real_path(answer.mapped_library);
    return;
  }
  std::string mismatch;
  std::vector<std::string> tried;
  for (const std::string& path : answer.library_paths) {
    const std::string real = real_path(path);
    if (!exists(real) || std::ranges::find(tried, real) != tried.end()) {
      continue;
    }
    tried.push_back(real);
    const auto reason = library_mismatch(real, facts);
    if (!reason) {
      facts.libpython = real;
      return;
    }
    if (mismatch.empty()) {
      mismatch = concat(real, " ", *reason);
    }
  }
  const std::string_view name =
      answer.library_paths.empty() ? "libpython" : name_of(answer.library_paths.front());
  facts.libpython_reason =
      concat(mismatch.empty() ? concat(name, " is not installed") : mismatch, "; ", advice(facts));
}

}  // namespace pel
