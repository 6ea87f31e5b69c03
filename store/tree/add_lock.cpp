#include "store/tree/add_lock.hpp"

#include <sys/file.h>

#include "store/base/text.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/patient_lock.hpp"

namespace pel {

AddLock::AddLock(const StoreLayout& layout, const Sha256& sha256) {
  const std::string path = concat(layout.locks(), "/add-", sha256.hex().substr(0, 2));
  fd_ = open_lock_file(path);
  if (fd_) {
    static_cast<void>(lock_patiently(fd_.get(), LOCK_EX, {}));
  }
}

}  // namespace pel
