#pragma once

#include <span>
#include <string>

namespace pel {

// For code that runs when a library of LD_PRELOAD is loaded (a memory profiler's, say) and looks up
// Python's functions: in a virtual environment it finds them, for the interpreter's library is
// loaded with the program. Here that library is opened later.
//
// If a library of LD_PRELOAD is in this process and `libpython` is not, executes arguments[0],
// which is this program as the Python of `prefix`, once more, with `libpython` behind them in
// LD_PRELOAD. Returns where there is nothing to do or that fails, and in the second process, with
// LD_PRELOAD as the user has set it. Call it from one thread, before the library is opened.
void load_with_preloaded(const std::string& libpython, const std::string& prefix,
                         std::span<char* const> arguments) noexcept;

}  // namespace pel
