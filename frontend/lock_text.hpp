#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/lock_draft.hpp"

namespace pel {

// The text of a PEP 751 lock. The same draft gives the same bytes, whatever the order of its
// packages and files: they are sorted. There is no time, no host and no user in it.
[[nodiscard]] std::string lock_text(LockDraft draft);

// A TOML string of any text.
[[nodiscard]] std::string toml_string(std::string_view text);

// "{ key = value, ... }"; the values are TOML already.
[[nodiscard]] std::string toml_inline_table(
    const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace pel
