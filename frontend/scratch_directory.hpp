#pragma once

#include <string>
#include <string_view>

namespace pel {

// A new directory below TMPDIR that nobody else can look into, with what a tool is given and what
// it makes. Removed by the destructor, with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory();  // throws Error(io)
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Writes a file into it and returns its path. Throws Error(io).
  [[nodiscard]] std::string write(std::string_view name, std::string_view text) const;

 private:
  std::string path_;
};

// The text of a regular file. Throws Error "cannot read <path>: <reason>": not_found when there is
// none, io else.
[[nodiscard]] std::string read_file(const std::string& path);

}  // namespace pel
