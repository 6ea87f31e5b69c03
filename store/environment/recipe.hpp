#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/lockfile.hpp"
#include "lock/selection.hpp"
#include "store/records/roots.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

enum class Follows { nothing, lock };

// What the directory of an environment keeps for being made again: docs/formats.md, "Recipes". Its
// wheels are in its root, in the store.
struct Recipe {
  RootKind kind = RootKind::environment;
  std::string prefix;  // absolute path of the directory when it was written
  std::string store;   // absolute path of store/v1
  std::string launcher;
  std::string cache;  // PYENVLAUNCH_CACHE then
  std::string environment_id;
  std::string interpreter;  // absolute path
  bool hosted = false;
  std::vector<EntryPointSpec> scripts;  // of [tool.pyenvlaunch] of the lock, as are the next two
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::string> source_paths;

  // Of a directory of somebody's own: what it was asked for.
  std::string lock;         // relative to the directory unless it starts with a slash
  std::string lock_digest;  // of its text (lock_text_digest)
  Follows follows = Follows::nothing;
  std::string prompt;
  std::string python_spec;  // --python, or empty
  SelectionRequest selection;
  std::vector<std::string> find_links;
};

// The recipe as text, and back. Nothing for text that is none.
[[nodiscard]] std::string write_recipe(const Recipe& recipe);
[[nodiscard]] std::optional<Recipe> parse_recipe(std::string_view text);

// That of the directory. Nothing if it has none, or a damaged one, or one that somebody else could
// have written.
[[nodiscard]] std::optional<Recipe> read_recipe(const std::string& prefix);

}  // namespace pel
