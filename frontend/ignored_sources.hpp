#pragma once

#include <string_view>

#include "frontend/front_end.hpp"

namespace pel {

// What projects and scripts say of where their packages come from is the word of one tool: of uv
// ([tool.uv]), Poetry, PDM. A front end that does not read it would take packages of the same names
// from elsewhere, of anybody.
//
// Looks at the request's project, script and directories. `tool` is "uv" or "pip". Throws
// Error(incompatible) that says what would be passed over, unless the request, or the user's own
// variables, name the same index, or the request another one for all packages (--index-url). What
// only chooses versions is a warning (request.tell).
void refuse_ignored_sources(const ResolveRequest& request, std::string_view tool);

}  // namespace pel
