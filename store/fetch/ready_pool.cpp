#include "store/fetch/ready_pool.hpp"

#include <utility>

#include "store/base/start_thread.hpp"

namespace pel {

ReadyPool::ReadyPool(unsigned threads) {
  for (unsigned i = 0; i < threads && start_thread(threads_, [this] { work(); }); ++i) {
  }
}

ReadyPool::~ReadyPool() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    jobs_.clear();
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void ReadyPool::add(std::function<void()> job) {
  const std::scoped_lock lock(mutex_);
  if (failure_) {
    return;
  }
  jobs_.push_back(std::move(job));
  changed_.notify_one();
}

void ReadyPool::wait() {
  std::unique_lock lock(mutex_);
  while (threads_.empty() && !jobs_.empty()) {
    do_first(lock);
  }
  idle_.wait(lock, [this] { return busy_ == 0 && jobs_.empty(); });
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

bool ReadyPool::has_failed() const {
  const std::scoped_lock lock(mutex_);
  return failure_ != nullptr;
}

void ReadyPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) {
      return;
    }
    do_first(lock);
  }
}

void ReadyPool::do_first(std::unique_lock<std::mutex>& lock) {
  std::function<void()> job = std::move(jobs_.front());
  jobs_.pop_front();
  ++busy_;
  lock.unlock();
  std::exception_ptr failure;
  try {
    job();
  } catch (...) {
    failure = std::current_exception();
  }
  job = nullptr;  // what it holds goes before others see us idle
  lock.lock();
  --busy_;
  if (failure && !failure_) {
    failure_ = failure;
    jobs_.clear();
  }
  if (busy_ == 0 && jobs_.empty()) {
    idle_.notify_all();
  }
}

}  // namespace pel
