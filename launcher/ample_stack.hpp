#pragma once

#include <functional>

namespace pel {

// What `work` returns, run where it has a stack of the usual size: under a small limit (`ulimit -s
// 64`) in a thread of its own, which gets every signal, for a stack that overflows ends a process
// without a word. Threads that are started later have that size, too; child processes have the
// limit. `work` does not throw.
[[nodiscard]] int with_ample_stack(const std::function<int()>& work);

}  // namespace pel
