#include "store/tree/store_lock.hpp"

#include <sys/file.h>

#include <cerrno>
#include <string>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/store_owners.hpp"

namespace pel {
StoreLock::StoreLock(const StoreLayout& layout, Mode mode, const LockPatience& patience) {
  const std::string path = concat(layout.locks(), "/gc");
  fd_ = open_lock_file(path);  // of another user's store, too, if it is there
  if (!fd_) {
    if (mode == Mode::exclusive) {
      throw_errno("open", path, advice_on_owner(layout.locks()));
    }
    return;
  }
  const int error = lock_patiently(fd_.get(), mode == Mode::shared ? LOCK_SH : LOCK_EX, patience);
  if (error == EWOULDBLOCK) {
    throw_lock_held(fd_.get(), path);
  }
  if (error != 0) {
    static_cast<void>(fd_.close());
    if (mode == Mode::exclusive) {
      errno = error;
      throw_errno("lock", path);
    }
  }
}

}  // namespace pel
