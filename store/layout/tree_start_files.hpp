#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "store/layout/environment_tree.hpp"
#include "store/layout/start_files.hpp"

namespace pel {

// The files at the top of a tree's site-packages that `site` reads when Python starts.
inline constexpr std::string_view kPathStartFile = ".pth";
inline constexpr std::string_view kEntryPointStartFile = ".start";  // PEP 829

[[nodiscard]] bool is_start_file(std::string_view name) noexcept;

[[nodiscard]] StartFiles start_files_kind(const InterpreterFacts& interpreter) noexcept;

// Their names, sorted within each suffix, as far as such an interpreter reads them. They point
// into the tree's INDEX.
[[nodiscard]] std::vector<std::string_view> start_files_of(const EnvironmentTree& tree,
                                                           StartFiles kind);

// The content of one. Throws Error(not_found) when it is not there (any more).
[[nodiscard]] std::string read_start_file(const EnvironmentTree& tree, std::string_view name);

}  // namespace pel
