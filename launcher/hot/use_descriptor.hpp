#pragma once

#include <string>

namespace pel {

// Who executes another program loses its mapping of the table, by which garbage collection knows
// that the environment is in use. The program inherits a descriptor of the table instead
// (table_format::kUseDescriptor). That it cannot be had is no failure.
void hand_on_use(const std::string& prefix) noexcept;

// The other end: this process has mapped the table of `prefix`, and its children need no
// descriptor.
void take_over_use(const std::string& prefix) noexcept;

}  // namespace pel
