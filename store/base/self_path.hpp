#pragma once

#include <string>

namespace pel {

// The absolute path of the program file that runs, links resolved: /proc/self/exe, or, where no
// /proc is mounted, the path that the kernel was given (AT_EXECFN), or has found in a script's
// first line (argv[0]). Empty if none tells: without /proc that is any program that has more rights
// than its caller (AT_SECURE), who chose the path. Thread-safe.
[[nodiscard]] std::string self_path();

// Throws Error(io) for a program that needs its path and has none.
[[noreturn]] void throw_no_self_path();

}  // namespace pel
