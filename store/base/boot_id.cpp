#include "store/base/boot_id.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "store/base/fd.hpp"

namespace pel {

std::string boot_id() {
  const UniqueFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text{};
  const ssize_t size = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
  if (size <= 0) {
    return {};
  }
  const std::string all(text.data(), static_cast<std::size_t>(size));
  return all.substr(0, all.find('\n'));
}

}  // namespace pel
