#include "store/format/use_descriptor.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "store/format/table_format.hpp"

namespace pel {

void close_use_descriptors(const char* table) noexcept {
  struct stat wanted{};
  struct stat found{};
  if (::stat(table, &wanted) != 0) {
    return;
  }
  for (int fd = table_format::kUseDescriptor;
       fd <= table_format::kLastUseDescriptor && ::fstat(fd, &found) == 0; ++fd) {
    if (found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev) {
      ::close(fd);
    }
  }
}

}  // namespace pel
