#pragma once

#include <atomic>

namespace pel {

// From now on SIGINT, SIGTERM and SIGHUP ask for a quick end instead of killing the process: the
// flag is set, work in progress ends at the next good moment, and cli_main() returns 128 + the
// signal's number. A second signal, or a second without an end, end the process at once; what
// is only half made then lies where nobody looks. A file that grows beyond what `ulimit -f` allows
// is an error of the write (EFBIG), and no signal that ends the process. To be called once, before
// there are threads.
void handle_interrupts() noexcept;

// Whether such a signal came.
[[nodiscard]] const std::atomic<bool>& interrupt_flag() noexcept;

// Its number; 0 when none came.
[[nodiscard]] int interrupt_signal() noexcept;

}  // namespace pel
