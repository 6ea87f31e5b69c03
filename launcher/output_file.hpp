#pragma once

#include <string>
#include <string_view>

namespace pel {

// A file that a user has named for what a command writes down, besides what it prints.
class OutputFile {
 public:
  // `path` may be relative. What a link leads to is replaced, not the link. Throws Error(usage)
  // "cannot write PATH: …" for what is no file, such as a directory or a device, and
  // Error(not_found) where there is no directory for it.
  OutputFile(const std::string& path, std::string_view hint);

  // Replaces the file at once, with the mode that the umask gives. Throws Error(io).
  void write(std::string_view text) const;

 private:
  std::string path_;
  std::string hint_;
};

}  // namespace pel
