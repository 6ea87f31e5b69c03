#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/wheel/refusal.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {

// Why no file of that name may be made below a directory, or nothing if it may: absolute, ".." and
// the like, backslashes, control characters, too long. A '/' at the end marks a directory.
[[nodiscard]] std::optional<std::string_view> fault_of_path(std::string_view name) noexcept;

// Whether a program of that name in bin/ would hide the environment's interpreter ("python3.11",
// "PythonW"), or its configuration: CPython looks for pyvenv.cfg beside the program first.
[[nodiscard]] bool is_reserved_script(std::string_view name) noexcept;

// Where a member of a wheel is installed.
struct InstalledPath {
  std::string path;        // below the tree's root; empty for a directory that is no part of a tree
  bool is_script = false;  // came from .data/scripts
};

// Maps the members of one wheel to the places that the binary distribution format gives them, in
// the shape of a stored tree (index_format.hpp): the root of the archive, purelib and platlib are
// site-packages; scripts are bin/; headers are include/site/python3/<name>/; data is the root.
class InstallScheme {
 public:
  // `dist_info` is the name of the .dist-info directory. `refusal` must outlive the scheme.
  InstallScheme(const WheelName& wheel, std::string_view dist_info, const Refusal& refusal);

  // `member` has no fault_of_path(). A '/' at its end is kept. Refuses what has no place: an
  // unknown key of .data, a script in a sub-directory, a reserved name.
  [[nodiscard]] InstalledPath place(std::string_view member) const;

 private:
  [[nodiscard]] bool is_data_directory(std::string_view name) const;
  [[nodiscard]] std::string in_site_packages(std::string_view member, std::string_view rest) const;
  [[nodiscard]] std::string place_data(std::string_view member, std::string_view rest) const;
  void check_program(std::string_view member, std::string_view path) const;

  std::string stem_;             // of .dist-info and .data: "Foo-1.0"
  std::string normalized_stem_;  // the same for any spelling
  std::string normalized_name_;
  const Refusal* refusal_;
};

// How RECORD names a path of a tree: relative to site-packages, by the shortest way:
// "../../../bin/ruff", "../../libx.so".
[[nodiscard]] std::string record_path(std::string_view tree_path);

}  // namespace pel
