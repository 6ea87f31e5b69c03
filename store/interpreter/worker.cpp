#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "store/base/error.hpp"
#include "store/interpreter/process.hpp"
#include "store/interpreter/spawn.hpp"

namespace pel {

Worker::Worker(std::span<const std::string> argv, const EnvironmentEdits& environment,
               const std::string& directory) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("make", "a pair of sockets");
  }
  socket_ = UniqueFd(ends[0]);
  const UniqueFd child = beyond_standard(UniqueFd(ends[1]));
  const UniqueFd null = open_null(O_WRONLY);
  pid_ = spawn({.argv = argv,
                .environment = &environment,
                .directory = &directory,
                .in = child.get(),
                .out = child.get(),
                .err = null.get(),
                .own_group = false});
}

Worker::~Worker() {
  ::kill(pid_, SIGKILL);
  static_cast<void>(wait_for(pid_));
}

bool Worker::send(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) {
      return false;
    }
    bytes.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  return true;
}

Worker::Receipt Worker::receive(std::span<char> buffer,
                                std::chrono::steady_clock::time_point deadline) noexcept {
  while (!buffer.empty()) {
    // Most answers are there already: wait only when they are not.
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      buffer = buffer.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      return Receipt::ended;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Receipt::timed_out;
    }
    pollfd waiting{socket_.get(), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<decltype(left.count())>(left.count(), 60'000)));
  }
  return Receipt::complete;
}

}  // namespace pel
