#pragma once

#include <span>

namespace pel {

// The whole program: the Python of an environment, `run` and `exec` on a hit, and for all else the
// way to the manager. argv ends in a null pointer that the span does not count. Returns the exit
// status.
[[nodiscard]] int hot_main(std::span<char*> argv) noexcept;

}  // namespace pel
