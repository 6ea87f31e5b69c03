#pragma once

#include <sys/types.h>

#include <string>

namespace pel {

// Whether what belongs to this user may be used in the store at this path: root's, this user's, and
// that of whom the store belongs to. All others could change what is run from it.
[[nodiscard]] bool is_store_owner(uid_t owner, const std::string& store) noexcept;

// What to do about a file of another user's that is in our way, as a run with sudo leaves them;
// empty if it is our own, or not there. Leaves errno as it is: for throw_errno().
[[nodiscard]] std::string advice_on_owner(const std::string& path);

}  // namespace pel
