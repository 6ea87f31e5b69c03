#include "store/base/self_path.hpp"

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"

namespace pel {
namespace {

bool is_program(const char* path) {
  constexpr std::string_view kMagic = "\177ELF";
  char start[kMagic.size()];
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  return fd && ::read(fd.get(), start, sizeof start) == static_cast<ssize_t>(sizeof start) &&
         std::string_view(start, sizeof start) == kMagic;
}

}  // namespace

std::string self_path() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size > 0 && static_cast<std::size_t>(size) < sizeof path) {
    return {path, static_cast<std::size_t>(size)};
  }
  const auto* given =
      reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT(performance-no-int-to-ptr)
  if (given == nullptr || ::getauxval(AT_SECURE) != 0) {
    return {};
  }
  if (!is_program(given)) {
    given = program_invocation_name;  // of a script, which the kernel sets
  }
  const bool found = std::strchr(given, '/') != nullptr && is_program(given);
  return found && ::realpath(given, path) != nullptr ? std::string(path) : std::string();
}

void throw_no_self_path() {
  throw Error(ErrorCode::io, "cannot tell where this program lies: /proc/self/exe cannot be read")
      .with_hint("mount /proc");
}

}  // namespace pel
