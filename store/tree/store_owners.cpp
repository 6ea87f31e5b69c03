#include "store/tree/store_owners.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/text.hpp"

namespace pel {

bool is_store_owner(uid_t owner, const std::string& store) noexcept {
  struct stat status{};
  return owner == 0 || owner == ::geteuid() ||
         (::stat(store.c_str(), &status) == 0 && owner == status.st_uid);
}

std::string advice_on_owner(const std::string& path) {
  const int error = errno;
  struct stat status{};
  const bool is_ours = ::lstat(path.c_str(), &status) != 0 || status.st_uid == ::geteuid();
  errno = error;
  return is_ours ? std::string()
                 : concat("it belongs to user ", std::to_string(status.st_uid),
                          "; after a run with sudo, `sudo chown -R` makes it yours");
}

}  // namespace pel
