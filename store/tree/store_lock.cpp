#include "store/tree/store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {
namespace {

constexpr std::size_t kMostText = 1024UL * 1024;

UniqueFd open_lock(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
  // A store of another user: its lock can be taken if it is there.
  return fd ? std::move(fd) : UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

std::string text_of(const std::string& path) {
  std::string text;
  return read_text_file(path, kMostText, text) == 0 ? text : std::string();
}

// "process 4711 (pyenvlaunch-mana)", from a line of /proc/locks such as
// "2: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF". Empty if the line is about another file.
std::string holder_in(std::string_view line, ino_t inode) {
  const std::string wanted = concat(":", std::to_string(inode), " ");
  const std::size_t found = line.find(wanted);
  if (found == std::string_view::npos || line.find("FLOCK") == std::string_view::npos ||
      line.find("->") != std::string_view::npos) {
    return {};
  }
  const std::size_t device = line.rfind(' ', found);
  const std::size_t number = line.rfind(' ', device - 1);
  if (device == std::string_view::npos || number == std::string_view::npos) {
    return {};
  }
  const std::string pid(line.substr(number + 1, device - number - 1));
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos || pid == "0") {
    return "a process of another container";
  }
  std::string name = text_of(concat("/proc/", pid, "/comm"));
  name.resize(std::min(name.size(), name.find('\n')));
  return name.empty() ? concat("process ", pid) : concat("process ", pid, " (", name, ")");
}

std::string holders_of(int fd) {
  struct stat status{};
  std::string holders;
  if (::fstat(fd, &status) != 0) {
    return holders;
  }
  const std::string text = text_of("/proc/locks");
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string holder = holder_in(rest.substr(0, end), status.st_ino);
    if (!holder.empty()) {
      holders += concat(holders.empty() ? "" : ", ", holder);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return holders;
}

[[noreturn]] void throw_busy(int fd, const std::string& path) {
  // The kernel's list is read in pieces, and while other locks come and go an entry can be missed.
  constexpr int kReadings = 5;
  std::string holders;
  for (int i = 0; i < kReadings && holders.empty(); ++i) {
    holders = holders_of(fd);
  }
  if (holders.empty()) {
    holders = "another process";
  }
  throw Error(ErrorCode::busy, concat("cannot lock ", path, ": ", holders, " holds it"))
      .with_hint("it holds it for a moment only, unless it was stopped: let it go on, or end it");
}

}  // namespace

StoreLock::StoreLock(const StoreLayout& layout, Mode mode, const LockPatience& patience) {
  const std::string path = concat(layout.locks(), "/gc");
  fd_ = open_lock(path);
  if (!fd_) {
    if (mode == Mode::exclusive) {
      throw_errno("open", path);
    }
    return;
  }
  const int error = lock_patiently(fd_.get(), mode == Mode::shared ? LOCK_SH : LOCK_EX, patience);
  if (error == EWOULDBLOCK) {
    throw_busy(fd_.get(), path);
  }
  if (error != 0) {
    static_cast<void>(fd_.close());
    if (mode == Mode::exclusive) {
      errno = error;
      throw_errno("lock", path);
    }
  }
}

}  // namespace pel
