#include "store/build/direct_url.hpp"

#include <nlohmann/json.hpp>

#include "lock/display.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

// The user of ssh://git@host is part of the place, as it is for pip and uv.
std::string repository(const std::string& url) {
  constexpr std::string_view kSsh = "ssh://";
  return url.starts_with(kSsh) && url.find('@') < url.find('/', kSsh.size())
             ? without_credentials(url)
             : redacted_url(url);
}

void add_subdirectory(Json& json, const std::string& subdirectory) {
  if (!subdirectory.empty()) {
    json["subdirectory"] = subdirectory;
  }
}

Json json_of(const LockedSdist&) {
  return {};
}

Json json_of(const LockedArchive& source) {
  Json json;
  const std::string digest = source.file.sha256->hex();
  json["url"] =
      source.file.path.empty() ? redacted_url(source.file.url) : file_url(source.file.path);
  json["archive_info"] = {{"hash", concat("sha256=", digest)}, {"hashes", {{"sha256", digest}}}};
  add_subdirectory(json, source.subdirectory);
  return json;
}

Json json_of(const LockedDirectory& source) {
  Json json;
  json["url"] = file_url(
      source.subdirectory.empty() ? source.path : concat(source.path, "/", source.subdirectory));
  json["dir_info"] = Json::object();
  if (source.editable) {
    json["dir_info"]["editable"] = true;
  }
  return json;
}

Json json_of(const LockedVcs& source) {
  Json json;
  json["url"] = source.path.empty() ? repository(source.url) : file_url(source.path);
  json["vcs_info"]["vcs"] = source.type;
  if (!source.requested_revision.empty()) {
    json["vcs_info"]["requested_revision"] = source.requested_revision;
  }
  json["vcs_info"]["commit_id"] = source.commit_id;
  add_subdirectory(json, source.subdirectory);
  return json;
}

}  // namespace

std::string direct_url_text(const LockedSource& source) {
  const Json json = std::visit([](const auto& kind) { return json_of(kind); }, source);
  return json.is_null() ? std::string()
                        : json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace pel
