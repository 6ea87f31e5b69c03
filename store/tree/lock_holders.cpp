#include "store/tree/lock_holders.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {
namespace {

constexpr std::size_t kMostText = 1024UL * 1024;

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

std::string listed_holders(int fd) {
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

}  // namespace

std::string lock_holders(int fd) {
  // The kernel's list is read in pieces, and while other locks come and go an entry can be missed.
  constexpr int kReadings = 5;
  std::string holders;
  for (int i = 0; i < kReadings && holders.empty(); ++i) {
    holders = listed_holders(fd);
  }
  return holders.empty() ? "another process" : holders;
}

void throw_lock_held(int fd, const std::string& path) {
  throw Error(ErrorCode::busy, concat("cannot lock ", path, ": ", lock_holders(fd), " holds it"))
      .with_hint("it holds it for a moment only, unless it was stopped: let it go on, or end it");
}

}  // namespace pel
