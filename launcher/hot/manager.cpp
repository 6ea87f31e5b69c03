#include "launcher/hot/manager.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr const char* kManager = "pyenvlaunch-manager";

[[noreturn]] void throw_missing(const std::string& manager, int error) {
  if (error == ENOENT) {
    throw Error(ErrorCode::not_found, concat("cannot execute ", manager, ": no such file"))
        .with_hint("the installation is incomplete: install pyenvlaunch again");
  }
  errno = error;
  throw_errno("execute", manager);
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) {
    result.push_back(const_cast<char*>(word.c_str()));  // exec's signature; it does not write
  }
  result.push_back(nullptr);
  return result;
}

}  // namespace

Companions find_companions(const std::string& program) {
  const std::string folder = directory_of(program);
  const std::string installed = concat(directory_of(folder), "/libexec/pyenvlaunch");
  const std::string place = name_of(folder) == "bin" ? installed : folder;
  return {concat(place, "/", kManager), concat(place, "/embed.so")};
}

void become_manager(const std::string& manager, std::span<char* const> argv) {
  std::vector<char*> words(argv.begin(), argv.end());
  words.push_back(nullptr);
  ::execv(manager.c_str(), words.data());
  throw_missing(manager, errno);
}

int run_manager(const std::string& manager, const std::vector<std::string>& words) {
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, manager.c_str(), nullptr, nullptr, pointers(words).data(), environ);
  if (error != 0) {
    throw_missing(manager, error);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      throw_errno("wait for", manager);
    }
  }
  constexpr int kSignalBase = 128;  // as a shell reports it
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

}  // namespace pel
