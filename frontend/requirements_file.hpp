#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// A line of a requirements file that asks for a package.
struct RequirementLine {
  std::string text;                                         // the requirement without its options
  std::vector<std::pair<std::string, std::string>> hashes;  // {"sha256", "..."}
  bool editable = false;
  std::size_t line = 0;
  std::string file;  // of read_requirements(): the one that it stands in

  // "FILE:LINE", for messages.
  [[nodiscard]] std::string place() const;
};

struct RequirementsFile {
  std::vector<RequirementLine> requirements;
  std::vector<std::string> requirement_files;  // -r, as written
  std::vector<std::string> constraint_files;   // -c, as written
  std::string index_url;
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  bool pre = false;  // --pre
};

// The value of an environment variable, or nothing.
using VariableLookup = std::function<std::optional<std::string>(const std::string& name)>;

// Of this process.
[[nodiscard]] std::optional<std::string> environment_variable(const std::string& name);

// Reads the text of a requirements file as pip does: comments, continued lines, options of a line
// (--hash) and of the file, with quotes, "${NAME}" replaced by the variable if it is set, a byte
// order mark passed over. Options that it does not know are passed over, too.
[[nodiscard]] RequirementsFile parse_requirements_file(
    std::string_view text, const VariableLookup& variable = [](const std::string&) {
      return std::optional<std::string>();
    });

// The file at the absolute `path` with those that it names by -r, in the order in which pip reads
// them, each once, and as one: `requirement_files` holds only addresses (URLs), which are not read.
// Folders of --find-links that lie beside the file that names them are absolute. Throws what
// read_file() throws, with the line that names the file; Error(corrupt) for one that is not UTF-8.
[[nodiscard]] RequirementsFile read_requirements(const std::string& path);

// Whether one of these requirements is a directory or a file of this machine: for a front end
// whose locks cannot name all of those.
[[nodiscard]] bool names_local_path(std::string_view requirement);

}  // namespace pel
