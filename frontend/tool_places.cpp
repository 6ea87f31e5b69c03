#include "frontend/tool_places.hpp"

#include <cstdlib>
#include <string>

#include "store/base/text.hpp"
#include "store/fetch/find_links.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

// `value` behind what the user's own variable says, where options add to that.
void set(const char* name, const std::string& value, const PlaceVariables& variables,
         char separator, ToolRun& run) {
  const char* const own = variables.options_add ? std::getenv(name) : nullptr;
  const bool has_own = own != nullptr && *own != '\0';
  run.environment.set.emplace_back(name,
                                   has_own ? concat(own, std::string(1, separator), value) : value);
}

}  // namespace

bool has_credentials(std::string_view text) {
  return without_credentials_anywhere(text) != text;
}

void tell_places(const ResolveRequest& request, const PlaceVariables& variables, ToolRun& run) {
  if (!request.index_url.empty()) {
    run.environment.set.emplace_back(variables.index, request.index_url);
  }
  if (!request.extra_index_urls.empty()) {
    std::string urls;
    for (const std::string& url : request.extra_index_urls) {
      urls += concat(urls.empty() ? "" : " ", url);
    }
    set(variables.extra_indexes, urls, variables, ' ', run);
  }
  if (have_credentials(request.find_links)) {
    set(variables.find_links, find_links_variable(request.find_links, variables.separator),
        variables, variables.separator, run);
    return;
  }
  for (const std::string& place : request.find_links) {
    run.command.insert(run.command.end(), {"--find-links", place});
  }
}

}  // namespace pel
