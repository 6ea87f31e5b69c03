#include "store/base/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/fd.hpp"

namespace pel {
namespace {

bool is_own_or_root(const struct stat& status) noexcept {
  const bool owner = status.st_uid == ::geteuid() || status.st_uid == 0;
  return owner && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

MappedFile::~MappedFile() {
  if (data_ != nullptr) {
    ::munmap(const_cast<std::byte*>(data_), size_);  // NOLINT(*-const-cast): munmap's signature
  }
}

MappedFile MappedFile::open(const char* path, Trust trust, int& error) noexcept {
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) {
    error = errno;
    return {};
  }
  return open(fd.get(), trust, error);
}

MappedFile MappedFile::open(int fd, Trust trust, int& error) noexcept {
  struct stat status{};
  if (::fstat(fd, &status) != 0) {
    error = errno;
    return {};
  }
  if (!S_ISREG(status.st_mode) || status.st_size <= 0) {
    error = EINVAL;
    return {};
  }
  const bool trusted = is_own_or_root(status);
  if (trust == Trust::own_or_root && !trusted) {
    error = EPERM;
    return {};
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) {
    error = errno;
    return {};
  }
  error = 0;
  return {static_cast<const std::byte*>(data), size, status.st_mtim.tv_sec, trusted};
}

}  // namespace pel
