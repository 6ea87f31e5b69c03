#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// A package of the store that was copied into a virtual environment directory to be changed there.
struct EditedPackage {
  std::string name;  // normalised (PEP 503)
  std::string version;
  std::vector<std::string> wheel_ids;    // several when they have to lie side by side
  std::string tree;                      // absolute path of the site-packages they were copied from
  bool complete = false;                 // false while it is being copied, and after a crash then
  std::vector<std::string> directories;  // that the copy has made, below site-packages, sorted
  std::vector<std::string> files;        // below site-packages, sorted
  std::vector<std::string> replaced = {};  // below the directory, sorted: replaced_files.hpp
};

// The file in a virtual environment directory that lists what is edited there (JSON).
inline constexpr const char* kEditRecord = "pyenvlaunch.edits";

// The text of that file, and back. Nothing for text that is no such list; paths that could lead out
// of the directory are left out.
[[nodiscard]] std::string edits_text(std::span<const EditedPackage> edits);
[[nodiscard]] std::optional<std::vector<EditedPackage>> parse_edits(std::string_view text);

// Empty when there is none. Paths that could lead out of the directory are left out: the file may
// have been changed by anybody. Throws Error(corrupt) when it cannot be understood.
[[nodiscard]] std::vector<EditedPackage> read_edits(const std::string& directory);

// Replaces the file, or removes it when nothing is edited; takes away what somebody who died in
// doing so has left. What was done in the directory before is on the disk first. Throws Error(io).
void write_edits(const std::string& directory, std::span<const EditedPackage> edits);

}  // namespace pel
