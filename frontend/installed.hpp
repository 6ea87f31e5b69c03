#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// RECORD: path relative to site-packages -> bytes of the sha256 (what is none stays as written).
using RecordDigests = std::map<std::string, std::string>;

// A distribution as an installer has left it.
struct InstalledDistribution {
  std::string name;  // normalised
  std::string version;
  std::string metadata_directory;  // absolute
  std::set<std::string> tags;      // of WHEEL: "py3-none-any"
  RecordDigests record;            // rows with sha256 only
  std::string direct_url;          // content of direct_url.json, or empty
  std::string problem;             // why nothing can be said of it; empty if all is well
};

// A virtual environment.
struct InstalledEnvironment {
  std::string python;                                // "3.11"
  std::vector<InstalledDistribution> distributions;  // by name
  std::vector<std::string> own_files;  // at the top of site-packages, of no distribution; sorted
  bool uses_system_packages = false;   // include-system-site-packages
};

// Reads a virtual environment's metadata. Names that begin with '~' are what an interrupted pip has
// left, and are passed over, as pip does. Throws Error(not_found) where there is none; Error(usage)
// for one that was made of a lock.
[[nodiscard]] InstalledEnvironment read_installed(const std::string& directory);

// The first file, relative to site-packages, that is not there as RECORD says; empty if all are.
// Bytecode does not count, which may be made and removed at any time, nor metadata, in which
// installers write, nor the programs that they make of entry points.
[[nodiscard]] std::string changed_file(const InstalledDistribution& installed);

// The bytes of a file's sha256, as RecordDigests have them; empty when it cannot be read.
[[nodiscard]] std::string file_digest(const std::string& path);

// Whether a wheel of that file name has the distribution's version and exactly its tags.
[[nodiscard]] bool has_tags_of(const InstalledDistribution& installed, const std::string& file);

// The name of the file that a distribution came in, without a build tag: that its tags give.
[[nodiscard]] std::string wheel_name_of(const InstalledDistribution& installed);

// "name-1.0.dist-info", at the top of a wheel file. Throws Error(corrupt) or Error(io).
[[nodiscard]] std::string metadata_folder_of_wheel(const std::string& wheel);

// The digests in the text of a RECORD.
[[nodiscard]] RecordDigests read_record_digests(std::string_view text);

// Those of a wheel file. Throws Error(corrupt) or Error(io).
[[nodiscard]] RecordDigests read_wheel_record(const std::string& wheel);

// Whether what is installed came out of a wheel with that RECORD: every file of the wheel, but for
// those that installers change (RECORD itself, scripts and data), is there with the same digest.
[[nodiscard]] bool comes_from(const RecordDigests& installed, const RecordDigests& wheel);

}  // namespace pel
