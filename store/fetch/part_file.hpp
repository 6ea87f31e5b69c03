#pragma once

#include <span>
#include <string>

#include "store/base/fd.hpp"

namespace pel {

// A download that is not complete: "<directory>/<random>.part", which goes with the object.
class PartFile {
 public:
  // Makes the directory when there is none. Throws Error(io).
  explicit PartFile(const std::string& directory);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  void write(std::span<const char> bytes);

  // Empties it for another attempt.
  void restart();

  // Must be called before somebody else reads it: a full disk may first show here.
  void close();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  UniqueFd fd_;
};

// Removes what processes that were killed have left: parts older than a day. Never throws.
void sweep_part_files(const std::string& directory) noexcept;

}  // namespace pel
