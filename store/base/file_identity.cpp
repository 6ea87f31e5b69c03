#include "store/base/file_identity.hpp"

#include <sys/stat.h>

namespace pel {

std::optional<FileIdentity> identify(const char* path) noexcept {
  struct stat status{};
  if (::stat(path, &status) != 0) {
    return std::nullopt;
  }
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  return FileIdentity{static_cast<std::uint64_t>(status.st_size),
                      static_cast<std::uint64_t>(status.st_mtim.tv_sec) * kNanoseconds +
                          static_cast<std::uint64_t>(status.st_mtim.tv_nsec),
                      static_cast<std::uint64_t>(status.st_ino),
                      static_cast<std::uint64_t>(status.st_dev)};
}

bool is_same_file(const std::string& path, const std::string& other) noexcept {
  struct stat first{};
  struct stat second{};
  return ::stat(path.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
         first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

}  // namespace pel
