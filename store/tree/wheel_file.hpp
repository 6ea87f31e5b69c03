#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>

#include "store/base/fd.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/sha256.hpp"

namespace pel {

// A wheel's file as it lies on disk, mapped, with the digest of its bytes.
class WheelFile {
 public:
  // Reads all of it. Throws Error(not_found) or Error(io) when it cannot be had, Error(corrupt)
  // when it is no regular file or empty.
  explicit WheelFile(std::string path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  [[nodiscard]] const Sha256& sha256() const noexcept { return sha256_; }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return file_.bytes(); }

  // Throws Error(io) if somebody has written to the file since it was hashed. Call it when the
  // bytes have been used, before anything is made of them that lasts.
  void check_unchanged() const;

 private:
  std::string path_;
  UniqueFd fd_;
  struct stat status_{};
  MappedFile file_;
  Sha256 sha256_;
};

}  // namespace pel
