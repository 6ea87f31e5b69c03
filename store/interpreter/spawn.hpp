#pragma once

#include <sys/types.h>

#include <span>
#include <string>

#include "store/base/fd.hpp"
#include "store/interpreter/process.hpp"

// The one place that starts programs; process.cpp and worker.cpp are made of it.
namespace pel {

struct SpawnRequest {
  std::span<const std::string> argv;
  const EnvironmentEdits* environment = nullptr;
  const std::string* directory = nullptr;
  int in = -1;  // descriptors that become 0, 1 and 2 of the child; none of them is 0, 1 or 2
  int out = -1;
  int err = -1;
  bool own_group = false;
};

// Throws Error(not_found) or Error(io) "cannot run <argv[0]>: <reason>".
[[nodiscard]] pid_t spawn(const SpawnRequest& request);

// Waits for a child of ours; its status as waitpid() gives it.
[[nodiscard]] int wait_for(pid_t pid) noexcept;

// The same descriptor, or a copy of it that is none of the three standard ones: a process may
// have been started without them. Close-on-exec.
[[nodiscard]] UniqueFd beyond_standard(UniqueFd fd);

[[nodiscard]] UniqueFd open_null(int flags);

}  // namespace pel
