#pragma once

#include <string>

namespace pel {

// What tells one start of the kernel from the next; the same in all containers of a machine. Empty
// where the kernel does not say.
[[nodiscard]] std::string boot_id();

}  // namespace pel
