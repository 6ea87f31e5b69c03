#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// A URL as a message may show it: without user, password, query and fragment, whatever else is
// wrong with it.
[[nodiscard]] std::string url_for_messages(std::string_view url);

// `url` without user and password, also where it stands behind "git+". The user of ssh://git@host
// stays: that is part of the place, and no secret.
[[nodiscard]] std::string without_credentials(std::string_view url);

// The URL of a repository, as a lock names it: without credentials, and git's short form
// "git@host:path" written out, "ssh://git@host/path".
[[nodiscard]] std::string repository_url(std::string_view url);

// All URLs in a text of others (a message, a command line) without user and password.
[[nodiscard]] std::string without_credentials_anywhere(std::string_view text);

// Who asks, as an http or https URL says it: decoded.
struct UrlUser {
  std::string url;     // the same URL without them
  std::string origin;  // "https://host:8080"
  std::string name;
  std::string password;  // empty also when there is none
};

// Nothing for a URL that names no user, or is neither http nor https.
[[nodiscard]] std::optional<UrlUser> user_of_url(std::string_view url);

// Schemes in any case.
[[nodiscard]] bool is_http_url(std::string_view text);
[[nodiscard]] bool is_file_url(std::string_view text);

// The absolute path of a file: URL of this machine, decoded; nothing for any other.
[[nodiscard]] std::optional<std::string> path_of_file_url(std::string_view url);

// "file:///a%20b" of an absolute path.
[[nodiscard]] std::string file_url(std::string_view path);

// The URL that a link means in the page at `base`; nothing if it makes no sense.
[[nodiscard]] std::optional<std::string> resolve_url(const std::string& base,
                                                     const std::string& link);

// The last component of a URL's path, decoded: "a-1%2B2.whl?x#y" -> "a-1+2.whl".
[[nodiscard]] std::string file_name_of_link(std::string_view url);

}  // namespace pel
