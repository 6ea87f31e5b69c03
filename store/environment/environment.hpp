#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "lock/script_metadata.hpp"
#include "lock/selection.hpp"
#include "store/fetch/fetch.hpp"
#include "store/format/selection_record.hpp"
#include "store/wheel/unpack.hpp"

namespace pel {

// The two directories of a user's installation.
struct StoreLocations {
  std::string home;   // PYENVLAUNCH_HOME: the store is below it
  std::string cache;  // PYENVLAUNCH_CACHE
};

// What a script asks for beside its lock.
struct ScriptRequest {
  std::string block;        // its PEP 723 block, as the hot path reads it; or empty
  ScriptMetadata metadata;  // no path: the request is for no script
};

// Which environment is wanted, and how it may be made.
struct EnvironmentRequest {
  std::string lock_path;  // as absolute_path() gives it
  SelectionRequest selection;
  ScriptRequest script;
  std::string python_spec;        // --python, or empty
  std::string env_python;         // PYENVLAUNCH_PYTHON, or empty: wins over what the lock says
  std::string configured_python;  // `python` of the settings, or empty: does not
  std::string configured_python_source;  // the line of the settings file
  std::string path_variable;             // PATH
  std::string mode;  // PYENVLAUNCH_MODE: "embedded", "hosted", or empty: what fits
  bool offline = false;
  std::vector<std::string> find_links;  // absolute paths and URLs
  StoreLocations locations;
  UnpackLimits limits;  // of each wheel
  DownloadLimits downloads;
  ProgressSink* progress = nullptr;
  std::function<void(std::string_view)> notify;  // what takes long is announced; may be empty
  const std::atomic<bool>* cancelled = nullptr;  // set by a signal handler: stop soon
};

struct Phase {
  const char* name;
  double milliseconds;
};

struct EnvironmentResult {
  SelectionRecord record;
  std::string environment_id;
  std::size_t wheels = 0;
  std::size_t composites = 0;
  std::size_t added = 0;       // were not in the store
  std::size_t downloaded = 0;  // of those, not found as local files
  std::uint64_t bytes = 0;     // of the wheel files that were added
  std::size_t compiled = 0;    // wheels whose bytecode was made
  bool created = false;        // the prefix was not there
  std::size_t repaired = 0;    // files of the prefix that were missing or wrong
  std::vector<Phase> phases;
  std::vector<std::string> conflicts;  // files of several wheels, for people
  std::vector<std::string> warnings;   // of wheels, when they were added
  bool hit = false;                    // nothing had to be made
};

// Makes the environment complete: wheels in the store, bytecode, table, prefix, root, selection
// record. What is there already is checked and kept. Several processes may make the same one at
// once. Throws Error; what was done until then stays and helps the next run.
[[nodiscard]] EnvironmentResult make_environment(const EnvironmentRequest& request);

// An environment as it would be made, told without making anything. Needs no network.
struct EnvironmentDescription {
  std::string lock_path;
  std::string environment_id;
  std::string prefix;
  bool made = false;  // wheels and prefix are there
  InterpreterFacts interpreter;

  struct Wheel {
    std::string name, version, id;
    bool present = false;
    std::uint64_t installed_size = 0;  // bytes; 0 when it is not present
  };

  // One tree for several wheels, whose files must lie side by side.
  struct Composite {
    std::string id;
    std::vector<std::string> wheel_ids;  // in lock order
    bool present = false;
  };

  std::vector<Wheel> wheels;          // in lock order
  std::vector<Composite> composites;  // empty while a wheel is not present
  std::vector<std::string> scripts;   // sorted; empty while a wheel is not present
  std::uint64_t table_size = 0;       // bytes; 0 while it is not made
  std::uint64_t prefix_size = 0;      // bytes of its own files and symlinks
  std::size_t prefix_inodes = 0;  // their number: directories and links to the store not counted
};

[[nodiscard]] EnvironmentDescription describe_environment(const EnvironmentRequest& request);

}  // namespace pel
