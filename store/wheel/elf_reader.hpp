#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "store/format/index_builder.hpp"

namespace pel {

// Whether a file that begins so may be an ELF file; needs four bytes to say yes.
[[nodiscard]] bool looks_like_elf(std::span<const std::byte> head) noexcept;

// What the dynamic section of a little-endian ELF file says, of 32 or 64 bits: SONAME, NEEDED in
// order, RPATH, RUNPATH. Nothing for a static program, an object file, another byte order, or a
// file whose tables point outside of it.
[[nodiscard]] std::optional<IndexedElf> read_elf(std::span<const std::byte> file);

}  // namespace pel
