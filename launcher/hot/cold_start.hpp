#pragma once

#include <span>
#include <string>

namespace pel {

// Call when the environment is known, before the interpreter's library is loaded.
//
// Costs one system call, unless this process has had to wait for the disk already: then the page
// cache is cold. A thread asks the kernel for what the last cold start of the same command has
// mapped, while this one goes on; at the end of the process what it has mapped is written down in
// `prefix` for the next time, if that differs. The thread blocks all signals, allocates nothing,
// and has ended before fork() returns. Nothing here fails: without a list, without the right to
// write one, or without a thread, all is as it would be.
void prepare_cold_start(const std::string& prefix, std::span<char* const> arguments) noexcept;

}  // namespace pel
