#include "frontend/scratch_directory.hpp"

#include <boost/filesystem/operations.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {

ScratchDirectory::ScratchDirectory() {
  const char* const variable = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
  const std::string_view parent =
      variable == nullptr || *variable != '/' ? std::string_view("/tmp") : variable;
  std::string pattern = concat(parent, "/pyenvlaunch-XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw_errno("make a directory in", parent);
  }
  path_ = std::move(pattern);
}

ScratchDirectory::~ScratchDirectory() {
  boost::system::error_code ignored;
  boost::filesystem::remove_all(path_, ignored);
}

std::string ScratchDirectory::write(std::string_view name, std::string_view text) const {
  std::string path = concat(path_, "/", name);
  AtomicFile file(path, {.mode = 0600});
  file.write(text);
  file.commit();
  return path;
}

std::string read_file(const std::string& path) {
  constexpr std::size_t kLargest = 256 * 1024 * 1024;
  std::string text;
  const int error = read_text_file(path, kLargest, text);
  if (error == EINVAL) {
    throw Error(ErrorCode::io, concat("cannot read ", path, ": it is no regular file"));
  }
  if (error != 0) {
    throw Error(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                concat("cannot read ", path, ": ",
                       error == ENOENT ? "no such file" : std::strerror(error)));
  }
  return text;
}

}  // namespace pel
