#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lock/toml_document.hpp"

namespace pel {

// What a table [tool.uv], or a uv.toml, says of resolving.
struct UvSettings {
  std::string default_index;  // URL, or empty
  std::vector<std::string>
      indexes;  // "URL" or "NAME=URL", asked for every package, first ones first
  std::vector<std::string> find_links;
  bool no_index = false;
  std::vector<std::string> constraints;  // requirements
  std::vector<std::string> overrides;
  std::vector<std::pair<std::string, std::string>> options;  // {"prerelease", "allow"}
  std::vector<std::string> others;  // keys that change what is found, and are none of these

  // Whether it says where packages are looked for.
  [[nodiscard]] bool names_places() const noexcept {
    return !default_index.empty() || !indexes.empty() || !find_links.empty() || no_index;
  }
};

// Values of wrong types are passed over: uv says what is wrong with them. Relative places start
// from `folder`, which is absolute, and are absolute in the result.
[[nodiscard]] UvSettings read_uv_settings(TomlNode table, std::string_view folder);

// A script with a table [tool.uv] (PEP 723), of which `uv pip compile` reads only a part.
struct ScriptForUv {
  std::string project;  // text of a pyproject.toml that asks for the same; empty without the table
  UvSettings settings;
};

// Reads the TOML of a script's block. `folder` is the absolute directory of the script.
[[nodiscard]] ScriptForUv script_for_uv(std::string_view block, std::string_view path,
                                        std::string_view folder);

}  // namespace pel
