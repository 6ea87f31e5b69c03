#pragma once

#include <string_view>

namespace pel {

// Whether a word is a long option of `run` or `exec` themselves, none of which Python has: behind
// LOCK it is a mistake.
[[nodiscard]] bool is_own_option(std::string_view word) noexcept;

}  // namespace pel
