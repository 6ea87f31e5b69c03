#pragma once

#include <string>
#include <vector>

#include "store/tree/store.hpp"

namespace pel {

// A pin is a root that a user sets: garbage collection keeps what it names until it is taken away.
struct Pin {
  std::string target;  // as the user called it: a name, an id, or the absolute path of a lock
  bool is_lock = false;
  std::vector<std::string> wheel_ids;
  std::vector<std::string> composite_ids;
};

// Pins the wheels that `name` (of a package, or an id of a wheel or composite) means now. Throws
// Error(not_found) when it means nothing.
[[nodiscard]] Pin pin_wheels(const Store& store, const std::string& name);

// Pins what the environments of the lock at this absolute path consist of, and keeps those. Throws
// Error(not_found) when there is none.
[[nodiscard]] Pin pin_lock(const Store& store, const std::string& lock_path);

// False if there was no such pin.
bool unpin(const Store& store, const std::string& target);

// All pins, by target.
[[nodiscard]] std::vector<Pin> list_pins(const Store& store);

}  // namespace pel
