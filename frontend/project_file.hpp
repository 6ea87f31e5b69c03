#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pel {

// What a project or a script says of its environment, as requirement strings (PEP 508).
struct ProjectRequirements {
  std::vector<std::string> requirements;
  std::string requires_python;  // or empty
};

struct ProjectSelection {
  std::vector<std::string> extras;  // in any spelling
  bool all_extras = false;
  std::vector<std::string> groups;
  bool default_groups = true;  // those of a uv.lock
};

// What [project] (PEP 621) and [dependency-groups] (PEP 735) of a pyproject.toml ask for. Extras
// of the project itself among its requirements are written out.
//
// Throws Error(corrupt) when the text is no TOML; has no [project] table, unless only groups are
// asked for and it is no project at all; when dependencies are dynamic, which only a build backend
// knows; for what is no requirement, and groups that include themselves. Error(usage) for an extra
// or a group that it does not have.
[[nodiscard]] ProjectRequirements read_project_requirements(std::string_view text,
                                                            std::string_view path,
                                                            const ProjectSelection& selection);

// Whether it is a project that can be built, not only a place for dependency groups and settings.
[[nodiscard]] bool is_project(std::string_view text, const std::string& path);

// `requires-python` of a pyproject.toml, or empty. Throws Error(corrupt) for one that is none.
[[nodiscard]] std::string read_requires_python(std::string_view text, std::string_view path);

// The names of its extras, normalised.
[[nodiscard]] std::vector<std::string> read_extras(std::string_view text, std::string_view path);

// The groups that Poetry installs only when asked, `[tool.poetry.group.X] optional = true`;
// normalised.
[[nodiscard]] std::vector<std::string> read_optional_groups(std::string_view text,
                                                            std::string_view path);

struct ScriptRequirements : ProjectRequirements {
  std::string lock;  // absolute: where its lock is, or is to be
};

// What a script's block of inline metadata (PEP 723) asks for. Throws Error(corrupt) when there is
// none, or a wrong one; Error(not_found) or Error(io) when the file cannot be read.
[[nodiscard]] ScriptRequirements read_script_requirements(const std::string& path);

}  // namespace pel
