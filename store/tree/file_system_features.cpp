#include "store/tree/file_system_features.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// Those that linux/magic.h does not name.
constexpr unsigned long kXfs = 0x58465342;
constexpr unsigned long kZfs = 0x2FC12FC1;
constexpr unsigned long kVfat = 0x4d44;
constexpr unsigned long kExfat = 0x2011BAB0;
constexpr unsigned long kNtfs3 = 0x7366746e;

std::string type_name(unsigned long magic) {
  constexpr std::array<std::pair<unsigned long, std::string_view>, 14> kNames = {{
      {EXT4_SUPER_MAGIC, "ext4"},
      {BTRFS_SUPER_MAGIC, "btrfs"},
      {TMPFS_MAGIC, "tmpfs"},
      {OVERLAYFS_SUPER_MAGIC, "overlayfs"},
      {NFS_SUPER_MAGIC, "nfs"},
      {FUSE_SUPER_MAGIC, "fuse"},
      {F2FS_SUPER_MAGIC, "f2fs"},
      {SMB2_SUPER_MAGIC, "smb"},
      {V9FS_MAGIC, "9p"},
      {kXfs, "xfs"},
      {kZfs, "zfs"},
      {kVfat, "vfat"},
      {kExfat, "exfat"},
      {kNtfs3, "ntfs3"},
  }};
  for (const auto& [number, name] : kNames) {
    if (number == magic) {
      return std::string(name);
    }
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", magic);
  return text.data();
}

// Two files with a common name, which go with the object.
class Trial {
 public:
  explicit Trial(const std::string& directory)
      : first_(concat(directory, "/.try-", std::to_string(::getpid()), "-a")),
        second_(concat(directory, "/.try-", std::to_string(::getpid()), "-b")) {
    clean();
  }

  ~Trial() { clean(); }

  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  void run(FileSystemFeatures& features) const {
    {
      const UniqueFd file(::open(first_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
      if (!file || ::write(file.get(), "x", 1) != 1) {
        return;
      }
    }
    const UniqueFd file(::open(first_.c_str(), O_RDONLY | O_CLOEXEC));
    features.leases = file && ::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0;
    if (features.leases) {
      ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
    }
    struct stat status{};
    features.modes = file && ::fchmod(file.get(), 0400) == 0 && ::fstat(file.get(), &status) == 0 &&
                     (status.st_mode & 0777U) == 0400;
    features.hard_links = ::link(first_.c_str(), second_.c_str()) == 0;
    features.tried = features.hard_links || (errno != ENOSPC && errno != EDQUOT);
    ::unlink(second_.c_str());
    features.symlinks = ::symlink("x", second_.c_str()) == 0;
    ::unlink(second_.c_str());
    const UniqueFd copy(::open(second_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    features.reflinks = file && copy && ::ioctl(copy.get(), FICLONE, file.get()) == 0;
  }

 private:
  void clean() const noexcept {
    ::unlink(first_.c_str());
    ::unlink(second_.c_str());
  }

  std::string first_;
  std::string second_;
};

}  // namespace

FileSystemFeatures file_system_features(const std::string& directory) {
  struct statfs type{};
  struct statvfs status{};
  if (::statfs(directory.c_str(), &type) != 0 || ::statvfs(directory.c_str(), &status) != 0) {
    throw_errno("look at the file system of", directory);
  }
  FileSystemFeatures features;
  features.type = type_name(static_cast<unsigned long>(type.f_type));
  features.free_bytes = std::uint64_t{status.f_bavail} * status.f_frsize;
  features.free_inodes = status.f_favail;
  features.counts_inodes = status.f_files != 0;
  features.read_only = (status.f_flag & ST_RDONLY) != 0;
  features.no_exec = (status.f_flag & ST_NOEXEC) != 0;
  if (!features.read_only) {
    Trial(directory).run(features);
  }
  return features;
}

}  // namespace pel
