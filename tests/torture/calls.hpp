#pragma once

// The system calls that change a file system, and what they are about.

#include <sys/syscall.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <string>

namespace torture {

constexpr int kNone = -1;

// Where a call says what it is about: by a descriptor, or by a path with perhaps a directory.
struct CallKind {
  long number;
  const char* name;
  int descriptor;  // argument with the descriptor of a file
  int directory;   // argument with the descriptor of the path's directory
  int path;        // argument with the path
  int flags;       // argument with open(2)'s flags
};

// The second path of those that have two: what they change.
inline constexpr CallKind kCalls[] = {
    {SYS_open, "open", kNone, kNone, 0, 1},
    {SYS_openat, "openat", kNone, 0, 1, 2},
    {SYS_creat, "creat", kNone, kNone, 0, kNone},
    {SYS_write, "write", 0, kNone, kNone, kNone},
    {SYS_pwrite64, "pwrite64", 0, kNone, kNone, kNone},
    {SYS_writev, "writev", 0, kNone, kNone, kNone},
    {SYS_copy_file_range, "copy_file_range", 2, kNone, kNone, kNone},
    {SYS_sendfile, "sendfile", 0, kNone, kNone, kNone},
    {SYS_ftruncate, "ftruncate", 0, kNone, kNone, kNone},
    {SYS_fallocate, "fallocate", 0, kNone, kNone, kNone},
    {SYS_fsync, "fsync", 0, kNone, kNone, kNone},
    {SYS_fdatasync, "fdatasync", 0, kNone, kNone, kNone},
    {SYS_syncfs, "syncfs", 0, kNone, kNone, kNone},
    {SYS_fchmod, "fchmod", 0, kNone, kNone, kNone},
    {SYS_chmod, "chmod", kNone, kNone, 0, kNone},
    {SYS_fchmodat, "fchmodat", kNone, 0, 1, kNone},
    {SYS_utimensat, "utimensat", kNone, 0, 1, kNone},
    {SYS_mkdir, "mkdir", kNone, kNone, 0, kNone},
    {SYS_mkdirat, "mkdirat", kNone, 0, 1, kNone},
    {SYS_rmdir, "rmdir", kNone, kNone, 0, kNone},
    {SYS_unlink, "unlink", kNone, kNone, 0, kNone},
    {SYS_unlinkat, "unlinkat", kNone, 0, 1, kNone},
    {SYS_rename, "rename", kNone, kNone, 1, kNone},
    {SYS_renameat, "renameat", kNone, 2, 3, kNone},
    {SYS_renameat2, "renameat2", kNone, 2, 3, kNone},
    {SYS_link, "link", kNone, kNone, 1, kNone},
    {SYS_linkat, "linkat", kNone, 2, 3, kNone},
    {SYS_symlink, "symlink", kNone, kNone, 1, kNone},
    {SYS_symlinkat, "symlinkat", kNone, 1, 2, kNone},
};

// A call that a traced thread is about to make.
struct Call {
  pid_t process;
  const CallKind* kind;
  std::array<unsigned long long, 6> arguments;

  [[nodiscard]] unsigned long long argument(int number) const {
    return arguments[static_cast<std::size_t>(number)];
  }

  // The absolute path of what it changes; of two, the second.
  [[nodiscard]] std::string path() const;

  // The absolute path of the first of two, as rename(2) and link(2) have them; empty for others.
  [[nodiscard]] std::string source() const;

  // Whether it opens something so that its content or its folder may change.
  [[nodiscard]] bool opens_for_writing() const;
};

// Nothing for a call that changes no file system.
[[nodiscard]] const CallKind* kind_of(long number);

}  // namespace torture
