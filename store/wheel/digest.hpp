#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pel {

// The algorithms that RECORD may use: "sha256", "sha384", "sha512". The size of a digest in bytes,
// or nothing for another algorithm.
[[nodiscard]] std::optional<std::size_t> record_digest_size(std::string_view name) noexcept;

// The raw digest of `bytes`. `name` is one of those three.
[[nodiscard]] std::string record_digest(std::string_view name, std::span<const std::byte> bytes);

}  // namespace pel
