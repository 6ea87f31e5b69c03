#include "store/base/file_kind.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace pel {
namespace {

// 0: nothing, or nothing that can be reached.
mode_t mode_of(const std::string& path) noexcept {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode : 0;
}

mode_t own_mode_of(const std::string& path) noexcept {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode : 0;
}

}  // namespace

bool has_entry(const std::string& path) noexcept {
  return own_mode_of(path) != 0;
}

bool is_directory(const std::string& path) noexcept {
  return S_ISDIR(own_mode_of(path));
}

bool exists(const std::string& path) noexcept {
  return mode_of(path) != 0;
}

bool leads_to_directory(const std::string& path) noexcept {
  return S_ISDIR(mode_of(path));
}

bool is_file(const std::string& path) noexcept {
  return S_ISREG(mode_of(path));
}

bool is_executable_file(const std::string& path) noexcept {
  return is_file(path) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace pel
