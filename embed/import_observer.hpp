#pragma once

namespace pel {

// What `run --import-times` and `run --trace` ask for, by variables that name this process:
//
//   PYENVLAUNCH_IMPORT_TIMES=PID:NANOSECONDS:FILE
//
//   PYENVLAUNCH_TRACE=PID:NANOSECONDS
//
// FILE may be empty: then a table goes to standard error. NANOSECONDS of CLOCK_MONOTONIC are when
// the process began. The variables are removed, and mean nothing to any other process.
//
// Reads and removes them. To be called before Python copies the variables, if that is possible.
void read_observation() noexcept;

// Puts a function around the one that every import goes through which is not answered by
// sys.modules. Does nothing unless asked. To be called once, in the main interpreter. False with an
// exception set on failure.
[[nodiscard]] bool start_import_observer() noexcept;

// The same where Python has copied the variables already: hosted mode.
[[nodiscard]] bool start_hosted_import_observer() noexcept;

}  // namespace pel
