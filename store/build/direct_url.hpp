#pragma once

#include <string>

#include "lock/selection.hpp"

namespace pel {

// The content of direct_url.json (PEP 610) for a package that comes from this source; empty for an
// sdist, which is no direct reference. Without credentials.
[[nodiscard]] std::string direct_url_text(const LockedSource& source);

}  // namespace pel
