#pragma once

#include <string>
#include <vector>

#include "store/environment/environment.hpp"
#include "store/shims/shim_record.hpp"

namespace pel {

// Shims: links in a directory on the user's PATH to scripts of an environment that is theirs alone.
// It lies below HOME, not in the cache, and is a root of the store (kind "shim"), so that the links
// work whatever happens to the lock, the cache and other environments. One process at a time
// changes shims; the others wait.

struct ShimInstall {
  EnvironmentRequest environment;
  std::string directory;           // absolute path, where the links go
  std::vector<std::string> names;  // of scripts; all of the environment when empty
  bool force = false;              // replace files of others, but no directories
};

// What one call did for one lock.
struct ShimChange {
  ShimRecord record;
  EnvironmentResult environment;
  std::vector<std::string> added;    // names of links
  std::vector<std::string> removed;  // names of links
  std::vector<std::string> notes;    // for people: what was left as it is, and why
  bool lock_is_gone = false;         // the copy was used instead
};

// Makes the environment, then the links: all of them, or none. What was installed for this lock and
// directory before stays, and is brought up to date. Throws Error when a name is no script of the
// environment, or a link's place is taken by something that is not of this installation.
[[nodiscard]] ShimChange install_shims(const ShimInstall& request);

// Makes the environment again from the lock's file, or, when that is gone, from the copy that was
// taken; repairs links; removes those whose script the lock does not give any more. `request` is a
// template: its lock, selection, interpreter and places are replaced by those of the record.
[[nodiscard]] ShimChange upgrade_shims(const ShimRecord& record, const EnvironmentRequest& request);

// Removes the links of these names, and the environment when none is left. What is at the place of
// a link and is not ours stays.
[[nodiscard]] ShimChange uninstall_shims(const StoreLocations& locations, const ShimRecord& record,
                                         const std::vector<std::string>& names);

struct ListedShims {
  ShimRecord record;
  std::string prefix;
  std::string damage;  // why the record cannot be used; it is empty then
  bool lock_present = false;

  struct Shim {
    enum class State { ok, missing, replaced, damaged };

    std::string name;
    State state = State::ok;
  };

  std::vector<Shim> shims;
};

// All that is installed, by lock and directory.
[[nodiscard]] std::vector<ListedShims> list_shims(const StoreLocations& locations);

}  // namespace pel
