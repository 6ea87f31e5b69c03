// Runs a program and lets one of its system calls fail, or kills it there.
//
//   inject --below DIR --at K --fault kill|ENOSPC|EIO|EMFILE|EDQUOT|EROFS [--log FILE] -- PROGRAM
//   ARG...
//
// Counted are the calls, of all threads and child processes, that change something below DIR; with
// EMFILE those that open something there. The K-th (from 1) fails with that error without being
// carried out; with "kill" the program and its children get SIGKILL before it. Ends as the program
// did. FILE receives one line: the number of calls that were counted, and the one that failed.
//
// With "kill" and --journal FILE --save DIR, FILE tells what a loss of power at this moment could
// take back (journal.hpp).
//
// A seccomp filter stops only the calls of interest, so that all else runs at full speed.

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/torture/calls.hpp"
#include "tests/torture/journal.hpp"

#ifndef __x86_64__
#error "written for x86-64: the registers of system calls have other names elsewhere"
#endif

namespace {

using namespace torture;

struct Fault {
  const char* name;
  int error;  // 0: kill
};

constexpr Fault kFaults[] = {{"kill", 0},        {"ENOSPC", ENOSPC}, {"EIO", EIO},
                             {"EMFILE", EMFILE}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}};

struct Options {
  std::string below;
  long at = 0;
  const Fault* fault = nullptr;
  std::string log;
  std::string journal;
  std::string save;
  std::vector<char*> program;
};

[[noreturn]] void usage() {
  std::fputs("usage: inject --below DIR --at K --fault NAME [--log FILE] -- PROGRAM ARG...\n",
             stderr);
  std::exit(2);
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(2);
}

Options parse(std::span<char*> words) {
  Options options;
  std::size_t i = 1;
  for (; i + 1 < words.size() && std::string_view(words[i]) != "--"; i += 2) {
    const std::string_view name = words[i];
    const std::string value = words[i + 1];
    if (name == "--below") {
      options.below = value + "/";
    } else if (name == "--at") {
      options.at = std::strtol(value.c_str(), nullptr, 10);
    } else if (name == "--log") {
      options.log = value;
    } else if (name == "--journal") {
      options.journal = value;
    } else if (name == "--save") {
      options.save = value;
    } else if (name == "--fault") {
      for (const Fault& fault : kFaults) {
        options.fault = value == fault.name ? &fault : options.fault;
      }
    } else {
      usage();
    }
  }
  for (++i; i < words.size(); ++i) {
    options.program.push_back(words[i]);
  }
  if (options.program.empty() || options.fault == nullptr || options.below.empty()) {
    usage();
  }
  options.program.push_back(nullptr);
  return options;
}

// Traces the calls of kCalls, allows all others.
void install_filter() {
  std::vector<sock_filter> filter;
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const CallKind& call : kCalls) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(call.number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    fail("seccomp");
  }
}

class Tracer {
 public:
  explicit Tracer(const Options& options) : options_(options), journal_(options.save) {}

  int run() {
    main_ = ::fork();
    if (main_ == 0) {
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::raise(SIGSTOP);
      install_filter();
      ::execvp(options_.program[0], options_.program.data());
      fail(options_.program[0]);
    }
    int status = 0;
    if (::waitpid(main_, &status, 0) != main_ || !WIFSTOPPED(status)) {
      fail("waitpid");
    }
    processes_.insert(main_);
    constexpr long kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                              PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, main_, nullptr, kOptions) != 0) {
      fail("ptrace");
    }
    ::ptrace(PTRACE_CONT, main_, nullptr, nullptr);
    loop();
    write_log();
    if (!options_.journal.empty() && !journal_.write(options_.journal)) {
      fail(options_.journal.c_str());
    }
    if (WIFSIGNALED(main_status_)) {
      return 128 + WTERMSIG(main_status_);
    }
    return WEXITSTATUS(main_status_);
  }

 private:
  void loop() {
    int status = 0;
    for (pid_t process = ::waitpid(-1, &status, __WALL); process > 0;
         process = ::waitpid(-1, &status, __WALL)) {
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        processes_.erase(process);
        if (process == main_) {
          main_status_ = status;
        }
        continue;
      }
      processes_.insert(process);
      long signal = 0;
      if ((status >> 8) == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
        on_call(process);
      } else if ((status >> 16) == 0 && WSTOPSIG(status) != SIGSTOP &&
                 WSTOPSIG(status) != SIGTRAP) {
        signal = WSTOPSIG(status);  // its own; new processes begin with SIGSTOP
      }
      ::ptrace(PTRACE_CONT, process, nullptr, signal);
    }
  }

  void on_call(pid_t process) {
    user_regs_struct registers{};
    if (::ptrace(PTRACE_GETREGS, process, nullptr, &registers) != 0) {
      return;
    }
    const Call call{
        process,
        kind_of(static_cast<long>(registers.orig_rax)),
        {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9}};
    if (call.kind == nullptr || !is_counted(call)) {
      return;
    }
    const std::string path = call.path();
    if (!path.starts_with(options_.below)) {
      return;
    }
    if (++count_ != options_.at) {
      if (count_ < options_.at && !options_.journal.empty()) {
        journal_.note(call);
      }
      return;
    }
    failed_ = std::string(call.kind->name) + " " + path.substr(options_.below.size());
    if (options_.fault->error == 0) {
      for (const pid_t other : processes_) {
        ::kill(other, SIGKILL);
      }
      return;
    }
    registers.orig_rax = static_cast<unsigned long long>(-1);
    registers.rax = static_cast<unsigned long long>(-options_.fault->error);
    ::ptrace(PTRACE_SETREGS, process, nullptr, &registers);
  }

  [[nodiscard]] bool is_counted(const Call& call) const {
    const bool opens = call.kind->flags != kNone || call.kind->number == SYS_creat;
    return options_.fault->error == EMFILE ? opens
                                           : call.kind->flags == kNone || call.opens_for_writing();
  }

  void write_log() const {
    if (options_.log.empty()) {
      return;
    }
    std::FILE* const file = std::fopen(options_.log.c_str(), "w");
    if (file == nullptr || std::fprintf(file, "%ld %s\n", count_, failed_.c_str()) < 0 ||
        std::fclose(file) != 0) {
      fail(options_.log.c_str());
    }
  }

  const Options& options_;
  pid_t main_ = -1;
  int main_status_ = 0;
  std::set<pid_t> processes_;
  long count_ = 0;
  std::string failed_;
  Journal journal_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse({argv, static_cast<std::size_t>(argc)});
  return Tracer(options).run();
}
