#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "store/environment/environment.hpp"

namespace pel {

struct ExportResult {
  EnvironmentResult environment;
  std::string interpreter;  // that must be at this path where the directory is used
  std::string libpython;    // the same; empty when the interpreter is executed itself
  std::size_t files = 0;    // of packages, and bytecode
  std::uint64_t bytes = 0;  // of these
};

// Makes `directory` (absolute path; missing or empty) an environment of its own: the prefix, with
// the part of the store that it needs below `store/v1`. Nothing in it says where it is, so that it
// works wherever it is moved or copied to, read-only and without a store; the interpreter must be
// where it was. All of it appears at once, or nothing. `optimizations` are levels of Python's -O
// for which there is bytecode, too: nothing is compiled later, in a directory without the second
// program. Throws Error.
[[nodiscard]] ExportResult export_environment(const EnvironmentRequest& request,
                                              const std::string& directory,
                                              std::span<const unsigned> optimizations = {});

// What makes a file of a prefix free of places, by its path below the prefix; `store` is the root
// of the store that the text names (absolute path).
[[nodiscard]] std::string relocatable_text(std::string_view path, std::string_view text,
                                           const std::string& prefix, const std::string& store);

}  // namespace pel
