#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// The one of `known` that `word` is most likely a slip of the pen for: at most two letters are
// wrong, missing, doubled or, as one, in each other's place, and not most of them. Empty if none is
// near. The answer is one of `known`.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> known);

// "did you mean 'sync'?" for the nearest one, else `otherwise`. What is in `known` must be fit for
// a terminal.
[[nodiscard]] std::string nearest_hint(std::string_view word,
                                       std::span<const std::string_view> known,
                                       std::string_view otherwise = {});
[[nodiscard]] std::string nearest_hint(std::string_view word, const std::vector<std::string>& known,
                                       std::string_view otherwise = {});

}  // namespace pel
