#pragma once

#include <string>

namespace pel {

// Whether the kernel has executed the dynamic loader alone, which was told to load this program:
// `ld.so --preload LIBRARY PROGRAM`, as some profilers do. Then /proc/self/exe is the loader.
[[nodiscard]] bool is_started_by_loader() noexcept;

// The absolute path of the program file that runs, links resolved: /proc/self/exe, or, if the
// loader was executed, what is mapped here (/proc/self/maps), or, where no /proc is mounted, the
// path that the kernel was given (AT_EXECFN), or has found in a script's first line (argv[0]).
// Empty if none tells: without /proc that is any program that has more rights than its caller
// (AT_SECURE), who chose the path. Thread-safe.
[[nodiscard]] std::string self_path();

// Throws Error(io) for a program that needs its path and has none.
[[noreturn]] void throw_no_self_path();

}  // namespace pel
