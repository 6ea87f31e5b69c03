#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// A path where an interpreter could be; nothing has been run yet.
struct Candidate {
  std::string path;
  std::string_view origin;  // "PATH", "pyenv", "uv", "system": a constant

  // The X of 3.X when the name of the file or of its installation says it.
  std::optional<int> minor{};
};

// Looks for interpreters folder by folder, so that nobody reads those behind the one that fits: a
// folder such as /usr/bin has a thousand names. A folder that was read by another name (/bin is
// often a link to /usr/bin) is passed over. Not thread-safe itself.
class Candidates {
 public:
  Candidates();

  // Those of the next folder on PATH: python3, python, then python3.X from the newest. Nothing when
  // there is no further folder.
  [[nodiscard]] std::optional<std::vector<Candidate>> next_on_path();

  // Everywhere else: pyenv's versions, uv's, /usr/local/bin, /usr/bin. Call it when PATH is at its
  // end.
  [[nodiscard]] std::vector<Candidate> elsewhere();

 private:
  void add_folder(const std::string& folder, std::string_view origin, std::optional<int> minor,
                  std::vector<Candidate>& candidates);
  void add_installations(const std::string& parent, std::string_view origin,
                         std::vector<Candidate>& candidates);

  std::vector<std::string> on_path_;
  std::size_t next_ = 0;
  std::set<std::pair<dev_t, ino_t>> read_;
};

// The first executable of that name on PATH; empty if there is none.
[[nodiscard]] std::string find_on_path(std::string_view name);

// pyenv's version of that name: its executable; empty if there is none.
[[nodiscard]] std::string find_pyenv_version(std::string_view name);

}  // namespace pel
