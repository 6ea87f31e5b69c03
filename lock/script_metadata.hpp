#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/dependency_specifier.hpp"
#include "lock/selection.hpp"
#include "lock/specifier.hpp"

namespace pel {

// What a script says of itself (PEP 723), checked.
struct ScriptMetadata {
  struct Dependency {
    DependencySpecifier requirement;
    std::size_t line = 0;  // in the script
  };

  std::string path;  // of the script, absolute
  std::optional<SpecifierSet> requires_python;
  std::vector<Dependency> dependencies;
  std::string lock;  // absolute: `lock` of [tool.pyenvlaunch]; or empty
};

// Where the TOML of a block comes from.
struct ScriptPlace {
  std::string path;            // of the script, absolute
  std::string directory;       // from which relative paths in it start
  std::size_t first_line = 1;  // of the TOML, in the script
};

// Reads the content of a script's metadata block. Throws Error(corrupt) with the script's path and
// line: "cannot read script S: line 3: key 'dependencies[0]' ...".
[[nodiscard]] ScriptMetadata parse_script_metadata(std::string_view toml, const ScriptPlace& place);

// Whether a selection of the script's lock has what the script asks for: its dependencies by name
// and version; of those that are asked for by URL only the name is looked at. Throws
// Error(incompatible) that names the first that it has not.
void check_script_dependencies(const ScriptMetadata& script, const std::string& lock_path,
                               const Selection& selection, const InterpreterFacts& facts);

}  // namespace pel
