#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace pel {

// Adds up what trees take on the disk. A file with several names counts once, and only when all of
// its names are in what was measured: what other trees or prefixes link to stays when these go.
class DiskMeter {
 public:
  // The apparent size of what lies at `path`, links counted as files of their own. Nothing if it is
  // not there; what cannot be read is passed over.
  std::uint64_t add(const std::string& path);

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  [[nodiscard]] std::uint64_t inodes() const noexcept { return inodes_; }

 private:
  std::uint64_t bytes_ = 0;
  std::uint64_t inodes_ = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> seen_;  // of linked files
};

}  // namespace pel
