#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// A path where an interpreter could be; nothing has been run yet.
struct Candidate {
  std::string path;
  std::string_view origin;  // "PATH", "pyenv", "uv", "system": a constant

  // The X of 3.X when the name of the file or of its installation says it.
  std::optional<int> minor{};
};

// On PATH, in its order; within a folder python3, python, then python3.X from the newest.
[[nodiscard]] std::vector<Candidate> candidates_on_path();

// Everywhere else: pyenv's versions, uv's, /usr/local/bin, /usr/bin.
[[nodiscard]] std::vector<Candidate> candidates_elsewhere();

// The first executable of that name on PATH; empty if there is none.
[[nodiscard]] std::string find_on_path(std::string_view name);

// pyenv's version of that name: its executable; empty if there is none.
[[nodiscard]] std::string find_pyenv_version(std::string_view name);

}  // namespace pel
