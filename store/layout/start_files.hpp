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

// How an interpreter's `site` reads the start files of a directory.
enum class StartFiles {
  one_by_one,  // *.pth, each whole before the next
  in_steps,    // PEP 829, since 3.15: the directories of all *.pth, then the code of all, then
               // *.start
};

struct StartFileText {
  std::string text;
  bool needs_finder = false;  // finder_start_file() has to come before it
};

// What stands in the environment's site-packages for the *.pth `name` in the `site_packages` of a
// wheel's tree (an absolute path), whose content is `text`. It makes `site` do the same at this
// place in the sequence: by processing the wheel's with the tree as its sitedir; or, where code
// does not ask which directory or file it comes from, by that code itself, which costs a start no
// detour. A *.start says the same wherever it lies.
[[nodiscard]] StartFileText prefix_start_file(StartFiles kind, std::string_view site_packages,
                                              std::string_view name, std::string_view text);

// The literal of the str that Python makes of a path's bytes (UTF-8 with surrogateescape), in
// ASCII, as ascii() gives it: start files are read in the encoding of the locale.
[[nodiscard]] std::string python_literal(std::string_view path);

}  // namespace pel
