#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace pel {

// "30d", "12h", "45m", "90s", "2w". Throws Error(usage) that names `option`.
[[nodiscard]] std::chrono::seconds parse_duration(std::string_view text, std::string_view option);

// "5GiB", "500MB", "1.5G", "4096": a number of bytes, with a unit of powers of 1000 (kB, MB, GB,
// TB) or of 1024 (KiB, MiB, GiB, TiB; K, M, G, T alone mean these). Throws Error(usage).
[[nodiscard]] std::uint64_t parse_size(std::string_view text, std::string_view option);

}  // namespace pel
