#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"

namespace pel {

// The name and the text of the start file that hands a site-packages directory to the finder. It
// sorts before every other.
inline constexpr std::string_view kFinderStartFile = "!pyenvlaunch.pth";

[[nodiscard]] std::string finder_start_file();

// The same for a directory that other interpreters may read as well: without our launcher it does
// nothing, and the file of plain paths, which sorts next, says where the packages are.
[[nodiscard]] std::string tolerant_finder_start_file();
inline constexpr std::string_view kPlainPathsFile = "!pyenvlaunch.roots.pth";

// The paths for tools that read start files themselves (ty), in the name of which only they see the
// file: `site` passes over hidden ones, so that it costs a start nothing.
inline constexpr std::string_view kHiddenPathsFile = ".pyenvlaunch.roots.pth";

// Whether the interpreter's `site` does so: since 2024 (CPython's issue 113659).
[[nodiscard]] bool passes_over_hidden_start_files(const InterpreterFacts& interpreter);

// A start file that puts these directories on sys.path, a line for each.
[[nodiscard]] std::string plain_paths_file(std::span<const std::string> directories);

// The absolute directories that a start file puts on sys.path without code.
[[nodiscard]] std::vector<std::string> plain_paths_of(std::string_view start_file);

// The same for an interpreter that runs as itself (hosted mode): it has the finder loaded from
// `embed` first. Absolute paths.
[[nodiscard]] std::string hosted_finder_start_file(std::string_view embed, std::string_view store,
                                                   std::string_view manager);

// The text of a start file that stands for the one of that name in a wheel's tree: it makes `site`
// process the wheel's, with the tree as its sitedir, at this place in the sequence.
[[nodiscard]] std::string forwarding_start_file(std::string_view site_packages,
                                                std::string_view name);

// Whether a start file does the same in the environment's site-packages as in the wheel's tree: all
// it has are lines of code, and nothing in them asks for the directory or the file that they come
// from. What it does then costs a start no detour.
[[nodiscard]] bool is_independent_start_file(std::string_view text);

// The literal of the str that Python makes of a path's bytes (UTF-8 with surrogateescape), in
// ASCII, as ascii() gives it: start files are read in the encoding of the locale.
[[nodiscard]] std::string python_literal(std::string_view path);

}  // namespace pel
