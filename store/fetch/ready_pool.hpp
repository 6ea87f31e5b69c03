#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pel {

// Threads that do jobs in the order in which they come. Where the system has not even one thread
// left, wait() does them.
class ReadyPool {
 public:
  explicit ReadyPool(unsigned threads);
  ~ReadyPool();  // drops what has not been begun, waits for the rest
  ReadyPool(const ReadyPool&) = delete;
  ReadyPool& operator=(const ReadyPool&) = delete;

  // A job that throws ends the pool: nothing else is begun.
  void add(std::function<void()> job);

  // Waits until all jobs are done; then throws what a job threw first.
  void wait();

  [[nodiscard]] bool has_failed() const;

 private:
  void work();

  // `lock` is that of the mutex, and not held while the job is done.
  void do_first(std::unique_lock<std::mutex>& lock);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> jobs_;
  std::size_t busy_ = 0;
  std::exception_ptr failure_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pel
