#include "store/format/lock_text.hpp"

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {

std::string read_lock_text(const std::string& path) {
  std::string text;
  const int error = read_text_file(path, kMaxLockSize, text);
  if (error == ENOENT || error == ENOTDIR) {
    throw Error(ErrorCode::not_found, concat("cannot read lock ", path, ": no such file"))
        .with_hint("give the path of a lock (pylock.toml)");
  }
  if (error == EISDIR) {
    throw Error(ErrorCode::usage, concat("cannot read lock ", path, ": it is a directory"))
        .with_hint("give the path of the lock file in it");
  }
  if (error == EINVAL) {
    throw Error(ErrorCode::io, concat("cannot read lock ", path, ": it is no regular file"))
        .with_hint("write it to a file first: the lock is what its environment is made of again");
  }
  if (error != 0) {
    errno = error;
    throw_errno("read lock", path);
  }
  return text;
}

}  // namespace pel
