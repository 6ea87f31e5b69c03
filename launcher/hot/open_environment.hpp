#pragma once

#include <optional>

#include "launcher/hot/executed_as.hpp"
#include "launcher/hot/hit.hpp"

namespace pel {

// The table of the environment whose Python this program was executed as. `self` is one of ours.
//
// When its table or pyvenv.cfg cannot be used, or the lock that it follows is another file than
// when it was made, the manager makes it right first, and `self` holds what pyvenv.cfg says then.
// Nothing if that has failed: `status` is the exit status, and the reason was printed. Throws
// Error(corrupt) when it cannot be used and not be made right either.
//
// In a process with more rights than its user nothing is made: it runs with what is there.
[[nodiscard]] std::optional<PrefixTable> open_environment(ExecutedAs& self, int& status);

}  // namespace pel
