#include "store/base/overlay.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

namespace pel {

bool is_on_overlay(const std::string& path) {
  struct statfs status{};
  return ::statfs(path.c_str(), &status) == 0 && status.f_type == OVERLAYFS_SUPER_MAGIC;
}

}  // namespace pel
