#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/tree/store_layout.hpp"

namespace pel {

enum class RootKind {
  environment,  // its prefix directory is in a cache, and can be made anew
  venv,         // its directory is somebody's own
  shim,         // its directory is below HOME/shims, for links on the user's PATH
};

// A root says that an environment needs wheels and composites, so that garbage collection keeps
// them.
struct EnvironmentRoot {
  RootKind kind = RootKind::environment;
  std::string environment_id;
  std::string prefix;            // absolute path of its directory
  std::string lock;              // absolute path of the lock that it was last made for
  std::string lock_digest = {};  // of the lock's text (lock_text_digest)
  std::string launcher = {};     // id of the build below launchers/ that it refers to
  std::span<const std::string> wheel_ids;
  std::span<const std::string> composite_ids = {};
};

// The file below roots/ for an environment at this place: "env-<id>-<8 digits>". The digits are of
// the prefix's path, because several cache directories may share a store.
[[nodiscard]] std::string root_file(const StoreLayout& layout, std::string_view environment_id,
                                    std::string_view prefix);

// The same for somebody's own directory: "venv-<16 digits>", of its path.
[[nodiscard]] std::string venv_root_file(const StoreLayout& layout, std::string_view directory);

// The same for the environment of shims: "shim-<16 digits>".
[[nodiscard]] std::string shim_root_file(const StoreLayout& layout, std::string_view prefix);

// The file's place of any kind.
[[nodiscard]] std::string root_file(const StoreLayout& layout, const EnvironmentRoot& root);

// What tells the text of a lock from another.
[[nodiscard]] std::string lock_text_digest(std::string_view text);

// Writes the root unless it is there with the same content. Several locks may lead to one
// environment: those that are in the file already, and still exist, stay. Throws Error(io).
void write_root(const StoreLayout& layout, const EnvironmentRoot& root);

// Takes the locks out of a root, so that the environment goes when no process runs in it any more.
void retire_root(const std::string& file);

// Succeeds when there is none.
void remove_root(const StoreLayout& layout, std::string_view environment_id,
                 std::string_view prefix);

}  // namespace pel
