// Loaded into programs under test by LD_PRELOAD, to let them see what this machine cannot show:
//
//   PEL_TEST_BOOT_ID=FILE   FILE in the place of the kernel's boot_id
//   PEL_TEST_NO_LINKS=1     a file system without hard links and reflinks (FAT, exFAT, SMB)
//   PEL_TEST_FAT=1          one that keeps no modes, and has no symbolic links either
//   PEL_TEST_THREADS=N      a system that lets a process start N threads and no more

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_fat() {
  return std::getenv("PEL_TEST_FAT") != nullptr;
}

bool has_no_links() {
  return is_fat() || std::getenv("PEL_TEST_NO_LINKS") != nullptr;
}

const char* instead_of(const char* path) {
  const char* const file = std::getenv("PEL_TEST_BOOT_ID");
  return file != nullptr && std::strcmp(path, "/proc/sys/kernel/random/boot_id") == 0 ? file : path;
}

int refuse(int error) {
  errno = error;
  return -1;
}

}  // namespace

extern "C" int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = va_arg(rest, int);
  va_end(rest);
  return next<int(const char*, int, ...)>("open")(instead_of(path), flags, mode);
}

extern "C" int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = va_arg(rest, int);
  va_end(rest);
  return next<int(const char*, int, ...)>("open64")(instead_of(path), flags, mode);
}

// FAT shows one mode for all.
extern "C" int mkdir(const char* path, mode_t mode) noexcept {
  return next<int(const char*, mode_t)>("mkdir")(path, is_fat() ? 0755 : mode);
}

extern "C" int fchmod(int fd, mode_t mode) noexcept {
  return is_fat() ? 0 : next<int(int, mode_t)>("fchmod")(fd, mode);
}

extern "C" int fchmodat(int directory, const char* name, mode_t mode, int flags) noexcept {
  return is_fat()
             ? 0
             : next<int(int, const char*, mode_t, int)>("fchmodat")(directory, name, mode, flags);
}

extern "C" int symlink(const char* target, const char* path) noexcept {
  return is_fat() ? refuse(EPERM) : next<int(const char*, const char*)>("symlink")(target, path);
}

extern "C" int link(const char* from, const char* to) noexcept {
  return has_no_links() ? refuse(EPERM) : next<int(const char*, const char*)>("link")(from, to);
}

extern "C" int linkat(int from_fd, const char* from, int to_fd, const char* to,
                      int flags) noexcept {
  return has_no_links() ? refuse(EPERM)
                        : next<int(int, const char*, int, const char*, int)>("linkat")(
                              from_fd, from, to_fd, to, flags);
}

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return request == FICLONE && has_no_links()
             ? refuse(EOPNOTSUPP)
             : next<int(int, unsigned long, ...)>("ioctl")(fd, request, argument);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*work)(void*), void* argument) noexcept {
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static std::atomic<int> count{0};
  const char* const most = std::getenv("PEL_TEST_THREADS");
  if (most != nullptr && count++ >= std::atoi(most)) {
    return EAGAIN;
  }
  return next<Create>("pthread_create")(thread, attributes, work, argument);
}
