#pragma once

#include <span>
#include <string>
#include <vector>

namespace pel {

// Where the other files of this program are, from its own place: ../libexec/pyenvlaunch/ of an
// installation, or the same folder for the copy that a store keeps.
struct Companions {
  std::string manager;
  std::string embed;
};

[[nodiscard]] Companions find_companions(const std::string& program);

// Becomes the manager with the arguments this process was given. Throws Error when there is none.
[[noreturn]] void become_manager(const std::string& manager, std::span<char* const> argv);

// Runs the manager as a child and waits. Returns its exit status, 128 + N when signal N ended it.
// Throws Error when it cannot be started.
[[nodiscard]] int run_manager(const std::string& manager, const std::vector<std::string>& words);

}  // namespace pel
