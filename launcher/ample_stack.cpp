#include "launcher/ample_stack.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstddef>

namespace pel {
namespace {

constexpr rlim_t kEnough = 1024UL * 1024;
constexpr std::size_t kUsual = 8UL * 1024 * 1024;  // of memory, only what is used counts

struct Task {
  const std::function<int()>& work;
  sigset_t signals;
  int status = 0;
};

void* run(void* context) {
  Task& task = *static_cast<Task*>(context);
  ::pthread_sigmask(SIG_SETMASK, &task.signals, nullptr);
  task.status = task.work();
  return nullptr;
}

bool is_ample() {
  struct rlimit limit{};
  return ::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kEnough;
}

// From now on; there are no other threads yet.
void enlarge_stacks_of_threads() {
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) == 0) {
    if (::pthread_attr_setstacksize(&attributes, kUsual) == 0) {
      ::pthread_setattr_default_np(&attributes);
    }
    ::pthread_attr_destroy(&attributes);
  }
}

}  // namespace

int with_ample_stack(const std::function<int()>& work) {
  if (is_ample()) {
    return work();
  }
  enlarge_stacks_of_threads();
  Task task{.work = work, .signals = {}};
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &task.signals);
  pthread_t thread{};
  if (::pthread_create(&thread, nullptr, run, &task) != 0) {
    run(&task);  // the system has no thread left, but this stack may do
    return task.status;
  }
  ::pthread_join(thread, nullptr);
  return task.status;
}

}  // namespace pel
