#pragma once

#include <cstddef>
#include <string>

namespace pel {

// Reads a regular file whole. Returns 0, or an errno: EFBIG when it holds more than `limit` bytes,
// EINVAL when it is no regular file (a fifo would block), else what the system said.
[[nodiscard]] int read_text_file(const std::string& path, std::size_t limit, std::string& text);

}  // namespace pel
