#include "store/interpreter/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

bool is_removed(std::string_view name, const EnvironmentEdits& edits) {
  const auto replaced = [&](const auto& pair) { return pair.first == name; };
  const auto begins = [&](const std::string& prefix) { return name.starts_with(prefix); };
  return std::ranges::find(edits.unset, name) != edits.unset.end() ||
         std::ranges::any_of(edits.unset_prefixes, begins) ||
         std::ranges::any_of(edits.set, replaced);
}

std::vector<std::string> edited_environment(const EnvironmentEdits& edits) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!is_removed(text.substr(0, text.find('=')), edits)) {
      result.emplace_back(text);
    }
  }
  for (const auto& [name, value] : edits.set) {
    result.push_back(concat(name, "=", value));
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

// The two structures of posix_spawn, which need to be destroyed.
class SpawnSettings {
 public:
  explicit SpawnSettings(const SpawnRequest& request) {
    check(::posix_spawn_file_actions_init(&actions_));
    check(::posix_spawnattr_init(&attributes_));
    check(::posix_spawn_file_actions_adddup2(&actions_, request.in, STDIN_FILENO));
    check(::posix_spawn_file_actions_adddup2(&actions_, request.out, STDOUT_FILENO));
    check(::posix_spawn_file_actions_adddup2(&actions_, request.err, STDERR_FILENO));
    if (!request.directory->empty()) {
      check(::posix_spawn_file_actions_addchdir_np(&actions_, request.directory->c_str()));
    }
    sigset_t signals;
    ::sigemptyset(&signals);
    check(::posix_spawnattr_setsigmask(&attributes_, &signals));
    ::sigfillset(&signals);
    check(::posix_spawnattr_setsigdefault(&attributes_, &signals));
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (request.own_group) {
      check(::posix_spawnattr_setpgroup(&attributes_, 0));
      flags |= POSIX_SPAWN_SETPGROUP;
    }
    check(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)));
  }

  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }

  [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  static void check(int error) {
    if (error != 0) {
      throw std::system_error(error, std::generic_category(), "posix_spawn");
    }
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

pid_t spawn(const SpawnRequest& request) {
  if (request.argv.empty()) {
    throw std::logic_error("spawn() without a program");
  }
  std::vector<std::string> arguments(request.argv.begin(), request.argv.end());
  std::vector<std::string> environment = edited_environment(*request.environment);
  const SpawnSettings settings(request);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, arguments[0].c_str(), settings.actions(), settings.attributes(),
                     pointers(arguments).data(), pointers(environment).data());
  if (error != 0) {
    errno = error;
    throw_errno("run", request.argv[0]);
  }
  return pid;
}

int wait_for(pid_t pid) noexcept {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

UniqueFd beyond_standard(UniqueFd fd) {
  if (!fd || fd.get() > STDERR_FILENO) {
    return fd;
  }
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) {
    throw_errno("copy", "a file descriptor");
  }
  return copy;
}

UniqueFd open_null(int flags) {
  UniqueFd fd(::open("/dev/null", flags | O_CLOEXEC));
  if (!fd) {
    throw_errno("open", "/dev/null");
  }
  return beyond_standard(std::move(fd));
}

}  // namespace pel
