#include "store/interpreter/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "store/base/error.hpp"
#include "store/interpreter/spawn.hpp"

namespace pel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookAtCancelled = 100;                    // milliseconds
constexpr auto kGrace = std::chrono::milliseconds(300);  // between SIGTERM and SIGKILL

// One stream of the child: what it writes to, and what we read from if anything.
struct Stream {
  UniqueFd child;
  UniqueFd ours;
  std::string* text = nullptr;
};

Stream make_stream(ProcessOptions::Output output, int standard_fd, std::string& text) {
  if (output == ProcessOptions::Output::discard) {
    return {open_null(O_WRONLY), UniqueFd(), nullptr};
  }
  if (output == ProcessOptions::Output::inherit) {
    UniqueFd copy(::fcntl(standard_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    return {copy ? std::move(copy) : open_null(O_WRONLY), UniqueFd(), nullptr};
  }
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw_errno("make", "a pipe");
  }
  UniqueFd ours(ends[0]);
  UniqueFd child(ends[1]);
  return {beyond_standard(std::move(child)), std::move(ours), &text};
}

// A file in memory rather than a pipe: nobody has to feed it, and no SIGPIPE can come of it.
UniqueFd make_input(const std::optional<std::string>& input) {
  if (!input) {
    return open_null(O_RDONLY);
  }
  UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) {
    throw_errno("make", "a file in memory");
  }
  std::string_view rest = *input;
  while (!rest.empty()) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      throw_errno("write", "a file in memory");
    }
    rest.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  if (::lseek(file.get(), 0, SEEK_SET) < 0) {
    throw_errno("rewind", "a file in memory");
  }
  return beyond_standard(std::move(file));
}

// Reads what is there now. Closes the stream at its end.
void drain(Stream& stream, std::size_t limit, ProcessResult& result) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(stream.ours.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (count <= 0) {
    stream.ours = UniqueFd();
    return;
  }
  const auto size = static_cast<std::size_t>(count);
  const std::size_t taken = std::min(size, limit - std::min(limit, stream.text->size()));
  stream.text->append(buffer.data(), taken);
  result.truncated = result.truncated || taken < size;
}

// Collects the output until the child has ended. A grandchild that keeps a pipe open does not
// hold us up: once the child is gone only what is already in the pipes is read.
class Collector {
 public:
  Collector(pid_t pid, std::array<Stream, 2>& streams, const ProcessOptions& options)
      : pid_(pid),
        pid_fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
        streams_(streams),
        options_(options),
        deadline_(Clock::now() + options.timeout) {}

  void run(ProcessResult& result) {
    bool ended = false;
    while (!ended) {
      const int wait = wait_time(result);
      std::array<pollfd, 3> waiting = poll_set();
      const int ready = ::poll(waiting.data(), waiting.size(), wait);
      if (ready < 0) {
        continue;  // EINTR
      }
      ended = waiting[2].revents != 0 || (!pid_fd_ && has_ended());
      read_ready(waiting, result);
    }
    for (bool more = true; more;) {
      std::array<pollfd, 3> waiting = poll_set();
      waiting[2].fd = -1;
      more = ::poll(waiting.data(), waiting.size(), 0) > 0;
      read_ready(waiting, result);
    }
  }

 private:
  [[nodiscard]] std::array<pollfd, 3> poll_set() const {
    return {pollfd{streams_[0].ours.get(), POLLIN, 0}, pollfd{streams_[1].ours.get(), POLLIN, 0},
            pollfd{pid_fd_.get(), POLLIN, 0}};
  }

  void read_ready(const std::array<pollfd, 3>& waiting, ProcessResult& result) {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (waiting[i].revents != 0) {
        drain(streams_[i], options_.output_limit, result);
      }
    }
  }

  // Milliseconds for poll(). Kills the child's group when its time is up.
  int wait_time(ProcessResult& result) {
    int wait = pid_fd_ ? -1 : 20;  // an old kernel has no pidfd: look from time to time
    if (options_.cancelled != nullptr) {
      obey(result);
      wait = wait < 0 ? kLookAtCancelled : std::min(wait, kLookAtCancelled);
    }
    if (options_.timeout.count() > 0 && !result.timed_out) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) {
        result.timed_out = true;
        ::kill(-pid_, SIGKILL);
        return wait;
      }
      const int until = static_cast<int>(std::min<decltype(left)>(left, 1'000'000)) + 1;
      wait = wait < 0 ? until : std::min(wait, until);
    }
    return wait;
  }

  // Ends the child's group once that is wanted: first gently.
  void obey(ProcessResult& result) {
    if (!result.cancelled && *options_.cancelled) {
      result.cancelled = true;
      ended_gently_ = Clock::now();
      ::kill(-pid_, SIGTERM);
    } else if (result.cancelled && Clock::now() - ended_gently_ > kGrace) {
      ::kill(-pid_, SIGKILL);
    }
  }

  // Without reaping it.
  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
  }

  pid_t pid_;
  UniqueFd pid_fd_;
  std::array<Stream, 2>& streams_;
  const ProcessOptions& options_;
  Clock::time_point deadline_;
  Clock::time_point ended_gently_;
};

}  // namespace

ProcessResult run_process(std::span<const std::string> argv, const ProcessOptions& options) {
  ProcessResult result;
  std::array<Stream, 2> streams{make_stream(options.out, STDOUT_FILENO, result.out),
                                make_stream(options.err, STDERR_FILENO, result.err)};
  const UniqueFd input = make_input(options.input);
  const pid_t pid =
      spawn({.argv = argv,
             .environment = &options.environment,
             .directory = &options.directory,
             .in = input.get(),
             .out = streams[0].child.get(),
             .err = streams[1].child.get(),
             .own_group = options.timeout.count() > 0 || options.cancelled != nullptr});
  streams[0].child = UniqueFd();
  streams[1].child = UniqueFd();

  Collector(pid, streams, options).run(result);

  const int status = wait_for(pid);
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
    result.exit_code = 128 + result.signal;
  } else {
    result.exit_code = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace pel
