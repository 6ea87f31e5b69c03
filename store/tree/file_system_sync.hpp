#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace pel {

// Makes what was written to a file system durable, for many threads at the price of few: those
// that wait together share one syncfs(2). Thread-safe.
class FileSystemSync {
 public:
  // Returns when all that this thread wrote before the call is on the disk. `fd` is any file of
  // that file system; all callers of one object must mean the same one. False, with errno, when
  // the system reports that data was lost.
  [[nodiscard]] bool flush(int fd);

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::uint64_t requested_ = 0;  // calls that have come
  std::uint64_t completed_ = 0;  // of these, the first so many are served
  bool running_ = false;
};

}  // namespace pel
