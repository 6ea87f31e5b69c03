#include "store/tree/file_system_sync.hpp"

#include <unistd.h>

#include <cerrno>

namespace pel {

bool FileSystemSync::flush(int fd) {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = ++requested_;
  while (completed_ < ticket) {
    if (running_) {
      done_.wait(lock);
      continue;
    }
    running_ = true;
    const std::uint64_t covered = requested_;
    lock.unlock();
    const int error = ::syncfs(fd) == 0 ? 0 : errno;
    lock.lock();
    running_ = false;
    if (error == 0) {
      completed_ = covered;
    }
    done_.notify_all();
    if (error != 0) {
      errno = error;
      return false;  // those who waited with us ask again, and hear of it themselves
    }
  }
  return true;
}

}  // namespace pel
