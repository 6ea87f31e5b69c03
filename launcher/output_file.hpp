#pragma once

#include <string>
#include <string_view>

namespace pel {

// Whether a file can be written at `path`, which is absolute, before anything is made. Throws
// Error(usage) "cannot write SUBJECT: …" for what is no file, such as a directory or a device, with
// `file_hint`, and Error(not_found) where there is no directory for it, with `folder_hint`.
void check_output_file(std::string_view subject, const std::string& path,
                       std::string_view file_hint, std::string_view folder_hint);

// A file that a user has named for what a command writes down, besides what it prints.
class OutputFile {
 public:
  // `path` may be relative. What a link leads to is replaced, not the link. Throws as
  // check_output_file() does.
  OutputFile(const std::string& path, std::string_view hint);

  // Replaces the file at once, with the mode that the umask gives. Throws Error(io).
  void write(std::string_view text) const;

 private:
  std::string path_;
  std::string hint_;
};

}  // namespace pel
