#include "launcher/interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>

namespace pel {
namespace {

constexpr unsigned kGraceSeconds = 1;
constexpr int kSignalStatus = 128;

std::atomic<bool> interrupted{false};
std::atomic<int> interrupting_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "used by a signal handler");

void handle(int signal) {
  if (signal == SIGALRM || interrupted.exchange(true)) {
    ::_exit(kSignalStatus + (signal == SIGALRM ? interrupting_signal.load() : signal));
  }
  interrupting_signal = signal;
  ::alarm(kGraceSeconds);
}

void do_nothing(int /*signal*/) {}

}  // namespace

void handle_interrupts() noexcept {
  struct sigaction action{};
  action.sa_handler = handle;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old{};
    // A signal that whoever started us wants ignored (nohup) stays ignored.
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
  ::sigaction(SIGALRM, &action, nullptr);
  // A file that is larger than a limit allows (ulimit -f) is an error with a message, as in Python.
  // Not ignored, for what is executed later would ignore it, too.
  action.sa_handler = do_nothing;
  ::sigaction(SIGXFSZ, &action, nullptr);
}

const std::atomic<bool>& interrupt_flag() noexcept {
  return interrupted;
}

int interrupt_signal() noexcept {
  return interrupting_signal;
}

}  // namespace pel
