#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/lock_draft.hpp"

namespace pel {

// The versions of Python that another tool's lock says it is for, in its own words: PEP 440, or
// what Poetry adds ("^3.9", "~3.11", "3.11.*", "*", and alternatives with "||"). One specifier of
// PEP 440 for each alternative, empty for any version; nothing for what is in neither language.
[[nodiscard]] std::optional<std::vector<std::string>> python_ranges(std::string_view text);

// python_ranges() as the one specifier that `requires-python` can hold: empty for alternatives,
// too.
[[nodiscard]] std::string plain_versions(std::string_view text);

// A kind of machine that a lock is for.
struct LockTarget {
  std::string python{};          // PEP 440, or empty for any
  std::string platform{};        // as PDM names them: "linux", "manylinux_2_17_x86_64", "windows"
  std::string implementation{};  // "cpython", or empty for any
};

// Sets `requires-python`, and `environments` for what that cannot say.
void set_targets(LockDraft& head, const std::vector<LockTarget>& targets);

}  // namespace pel
