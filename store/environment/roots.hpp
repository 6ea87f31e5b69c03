#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/tree/store_layout.hpp"

namespace pel {

enum class RootKind {
  environment,  // its prefix directory is in a cache, and can be made anew
  venv,         // its directory is somebody's own
};

// A root says that an environment needs wheels and composites, so that garbage collection keeps
// them.
struct EnvironmentRoot {
  RootKind kind = RootKind::environment;
  std::string environment_id;
  std::string prefix;  // absolute path of its directory
  std::string lock;    // absolute path of the lock that it was last made for
  std::span<const std::string> wheel_ids;
  std::span<const std::string> composite_ids = {};
};

// The file below roots/ for an environment at this place: "env-<id>-<8 digits>". The digits are of
// the prefix's path, because several cache directories may share a store.
[[nodiscard]] std::string root_file(const StoreLayout& layout, std::string_view environment_id,
                                    std::string_view prefix);

// The same for somebody's own directory: "venv-<16 digits>", of its path.
[[nodiscard]] std::string venv_root_file(const StoreLayout& layout, std::string_view directory);

// Writes the root unless it is there with the same content. Throws Error(io).
void write_root(const StoreLayout& layout, const EnvironmentRoot& root);

// Succeeds when there is none.
void remove_root(const StoreLayout& layout, std::string_view environment_id,
                 std::string_view prefix);

}  // namespace pel
