#include "store/format/followed_lock.hpp"

#include "store/base/text.hpp"

namespace pel {

std::string followed_state(const FileIdentity& lock) {
  return concat(std::to_string(lock.size), " ", std::to_string(lock.mtime_ns), " ",
                std::to_string(lock.inode), " ", std::to_string(lock.device));
}

}  // namespace pel
