#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/records/file_system.hpp"

namespace pel {

// What became of a prefix directory that is not wanted any more.
struct RetiredPrefix {
  enum class State {
    removed,  // it is out of sight, and goes with `trash`
    absent,   // there was none
    in_use,   // a process runs in it, and keeps it: all is as it was
  };

  State state = State::absent;
  std::unique_ptr<TemporaryDirectory> trash;
};

// How the directories begin that an interruption leaves in `tmp`.
inline constexpr std::string_view kRetiredStem = "pel-trash";

// Takes the directory of an environment, CACHE/v1/envs/ID, out of sight at once for everybody,
// unless a process runs in it. A process counts from the moment on in which it has opened the table
// (is_file_in_use): one that comes later finds no table, and makes the environment anew.
// Under the StoreLock, alone. Throws Error(io).
[[nodiscard]] RetiredPrefix retire_prefix(const std::string& prefix);

// The same for any directory of an environment, by way of `tmp` on its file system. Under the lock
// that keeps others from making it.
[[nodiscard]] RetiredPrefix retire_prefix(const std::string& prefix, const std::string& tmp);

// Whether a process runs in the environment of this prefix directory.
[[nodiscard]] bool is_prefix_in_use(const std::string& prefix);

// Whether the path has the form CACHE/v1/envs/ID; the rest of the world is not ours to remove.
[[nodiscard]] bool is_cache_prefix(std::string_view prefix, std::string_view environment_id);

// The store that PREFIX/pyvenv.cfg names: a path, relative to PREFIX in an exported directory;
// empty when it names none. Throws Error(io) when it cannot be read.
[[nodiscard]] std::string configured_store(const std::string& prefix);

// Whether the directory's pyvenv.cfg says that it was made over the store whose root this is, by
// whichever of its names.
[[nodiscard]] bool refers_to_store(const std::string& prefix, std::string_view store_root);

// Whether it is an environment of another store or of another tool. Not where its pyvenv.cfg cannot
// be read, or is damaged: then nobody can tell, and it can be made again.
[[nodiscard]] bool is_of_others(const std::string& prefix, std::string_view store_root);

}  // namespace pel
