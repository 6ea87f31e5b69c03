#pragma once

#include <cstddef>
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
};

struct RequirementsFile {
  std::vector<RequirementLine> requirements;
  std::vector<std::string> requirement_files;  // -r, as written
  std::vector<std::string> constraint_files;   // -c, as written
  std::string index_url;
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
};

// Reads the text of a requirements file as pip does: comments, continued lines, options of a line
// (--hash) and of the file. Options that it does not know are passed over.
[[nodiscard]] RequirementsFile parse_requirements_file(std::string_view text);

}  // namespace pel
