#include "store/tree/store_owners.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace pel {

bool is_store_owner(uid_t owner, const std::string& store) noexcept {
  struct stat status{};
  return owner == 0 || owner == ::geteuid() ||
         (::stat(store.c_str(), &status) == 0 && owner == status.st_uid);
}

}  // namespace pel
