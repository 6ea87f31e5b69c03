#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace pel {

// A whole file, mapped read-only. Movable; unmaps when it goes. Safe to read from any thread.
//
// Built without exceptions, because the finder uses it inside the interpreter: open() returns an
// empty object and sets `error` to an errno when the file cannot be had.
class MappedFile {
 public:
  // Whether a file that somebody else could have changed is refused with EPERM: one that belongs
  // neither to this user nor to root, or that group or others may write.
  enum class Trust { own_or_root, anybody };

  MappedFile() noexcept = default;

  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        modified_(std::exchange(other.modified_, 0)),
        trusted_(std::exchange(other.trusted_, false)) {}

  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(modified_, other.modified_);
    std::swap(trusted_, other.trusted_);
    return *this;
  }

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  // An empty file cannot be mapped: EINVAL. `error` is 0 on success.
  [[nodiscard]] static MappedFile open(const char* path, Trust trust, int& error) noexcept;

  // The same for a descriptor, which stays the caller's.
  [[nodiscard]] static MappedFile open(int fd, Trust trust, int& error) noexcept;

  // Whether Trust::own_or_root would have opened it.
  [[nodiscard]] bool is_trusted() const noexcept { return trusted_; }

  explicit operator bool() const noexcept { return data_ != nullptr; }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

  // When it was last changed before it was opened, in seconds since 1970.
  [[nodiscard]] std::int64_t modified() const noexcept { return modified_; }

 private:
  MappedFile(const std::byte* data, std::size_t size, std::int64_t modified, bool trusted) noexcept
      : data_(data), size_(size), modified_(modified), trusted_(trusted) {}

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::int64_t modified_ = 0;
  bool trusted_ = false;
};

}  // namespace pel
