#include "store/tree/add_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include "store/base/text.hpp"
#include "store/tree/patient_lock.hpp"

namespace pel {

AddLock::AddLock(const StoreLayout& layout, const Sha256& sha256) {
  const std::string path = concat(layout.locks(), "/add-", sha256.hex().substr(0, 2));
  fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
  if (fd_) {
    static_cast<void>(lock_patiently(fd_.get(), LOCK_EX, {}));
  }
}

}  // namespace pel
