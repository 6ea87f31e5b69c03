#pragma once

#include <string_view>

#include "frontend/front_end.hpp"
#include "frontend/tool_process.hpp"

// Where a front end is told to look for packages.
namespace pel {

// How a tool calls them.
struct PlaceVariables {
  const char* index;
  const char* extra_indexes;  // separated by blanks
  const char* find_links;
  char separator;    // of `find_links`
  bool options_add;  // its options add to what the user's own variables say, else replace it
};

// Adds indexes and folders of the request to the command of `run`, or to its environment. Everybody
// on the machine can read a process's arguments, and URLs may hold passwords: so indexes are always
// told by variables, and folders and pages are once one of them has a user.
void tell_places(const ResolveRequest& request, const PlaceVariables& variables, ToolRun& run);

// Whether a URL in the text names a user.
[[nodiscard]] bool has_credentials(std::string_view text);

}  // namespace pel
