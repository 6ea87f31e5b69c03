#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/fd.hpp"

namespace pel {

// Changes to this process's environment for a child, applied in this order.
struct EnvironmentEdits {
  std::vector<std::string> unset{};           // names
  std::vector<std::string> unset_prefixes{};  // "PYTHON" removes PYTHONPATH, PYTHONHOME, ...
  std::vector<std::pair<std::string, std::string>> set{};
};

struct ProcessOptions {
  EnvironmentEdits environment{};
  std::string directory{};                 // working directory; empty: this process's own
  std::optional<std::string> input{};      // standard input; without it /dev/null
  std::chrono::milliseconds timeout{0};    // 0: none
  std::size_t output_limit = 1024 * 1024;  // of each stream; what comes later is dropped

  // Looked at several times a second: once it is true the child's process group is told to end
  // (SIGTERM), and killed a second later. Not null: the child leads a group of its own.
  const std::atomic<bool>* cancelled = nullptr;

  // capture: into the result. inherit: the child writes where this process does.
  enum class Output { capture, inherit, discard };
  Output out = Output::capture;
  Output err = Output::capture;
};

struct ProcessResult {
  int exit_code = 0;       // 128 + signal when a signal ended it
  int signal = 0;          // or 0
  bool timed_out = false;  // it was killed, with its process group
  bool cancelled = false;  // it was told to end, with its process group
  bool truncated = false;  // more came than output_limit
  std::string out;
  std::string err;

  [[nodiscard]] bool ok() const noexcept { return exit_code == 0 && !timed_out && !cancelled; }
};

// Runs a program to its end. argv[0] is a path, or a name that is looked up on PATH; no shell is
// involved. The child gets the three standard streams and no other descriptor of ours that is
// close-on-exec, default signal actions and an empty signal mask. With a time-out it leads a
// process group of its own, which is killed as a whole.
//
// Throws Error(not_found) when there is no such program, Error(io) when it cannot be started.
[[nodiscard]] ProcessResult run_process(std::span<const std::string> argv,
                                        const ProcessOptions& options = {});

// A child that this process talks with over a socket, which is the child's standard input and
// output both; its standard error is /dev/null. Killed and waited for by the destructor. One
// thread at a time.
class Worker {
 public:
  Worker(std::span<const std::string> argv, const EnvironmentEdits& environment,
         const std::string& directory);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False when the child is gone.
  [[nodiscard]] bool send(std::string_view bytes) noexcept;

  enum class Receipt { complete, ended, timed_out };

  // Fills `buffer` exactly, within the time that is left until `deadline`.
  [[nodiscard]] Receipt receive(std::span<char> buffer,
                                std::chrono::steady_clock::time_point deadline) noexcept;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  pid_t pid_ = -1;
  UniqueFd socket_;
};

}  // namespace pel
