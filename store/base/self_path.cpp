#include "store/base/self_path.hpp"

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"

namespace pel {
namespace {

constexpr int kHexadecimal = 16;
constexpr std::size_t kMapsFields = 128;  // more than BEGIN-END MODE OFFSET DEVICE INODE

bool is_program(const char* path) {
  constexpr std::string_view kMagic = "\177ELF";
  char start[kMagic.size()];
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  return fd && ::read(fd.get(), start, sizeof start) == static_cast<ssize_t>(sizeof start) &&
         std::string_view(start, sizeof start) == kMagic;
}

// The file that the memory at this address is mapped of; empty if that cannot be told.
std::string mapped_file_at(std::uintptr_t address) {
  const std::unique_ptr<FILE, int (*)(FILE*)> maps(::fopen("/proc/self/maps", "re"), ::fclose);
  char line[PATH_MAX + kMapsFields];
  while (maps != nullptr && ::fgets(line, sizeof line, maps.get()) != nullptr) {
    char* rest = nullptr;
    const std::uintptr_t begin = std::strtoull(line, &rest, kHexadecimal);
    const std::uintptr_t end = *rest == '-' ? std::strtoull(rest + 1, nullptr, kHexadecimal) : 0;
    const char* const path = std::strchr(line, '/');
    if (begin <= address && address < end && path != nullptr) {
      return {path, std::strcspn(path, "\n")};
    }
  }
  return {};
}

}  // namespace

bool is_started_by_loader() noexcept {
  return ::getauxval(AT_BASE) == 0;
}

std::string self_path() {
  char path[PATH_MAX];
  const bool by_loader = is_started_by_loader();
  if (by_loader) {
    const auto here = reinterpret_cast<std::uintptr_t>(&is_started_by_loader);
    if (std::string file = mapped_file_at(here); !file.empty()) {
      return file;
    }
  }
  const ssize_t size = by_loader ? -1 : ::readlink("/proc/self/exe", path, sizeof path);
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
