#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/sha256.hpp"

namespace pel {

// A file of a wheel as it was unpacked.
struct RecordedFile {
  std::string_view name;  // of the member
  std::uint64_t size = 0;
  Sha256 sha256;
};

// The digest by another algorithm (digest.hpp) of the content of a member, in raw bytes.
using Rehash = std::function<std::string(std::string_view member, std::string_view algorithm)>;

// Holds the wheel's own RECORD against what was unpacked, as PEP 427 asks of installers. Returns
// what does not fit, in the order of the lines and then of `files`; cut short when there is very
// much. RECORD itself and its signatures need no row.
[[nodiscard]] std::vector<std::string> check_record(std::string_view record,
                                                    std::string_view dist_info,
                                                    const std::vector<RecordedFile>& files,
                                                    const Rehash& rehash);

}  // namespace pel
