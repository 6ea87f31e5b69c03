#include "store/fetch/url.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

#include "lock/characters.hpp"
#include "store/base/text.hpp"
#include "store/fetch/curl_library.hpp"

namespace pel {
namespace {

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         starts_with_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Percent escapes undone; a broken one stays as it is.
std::string decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && digit_value(text[i + 1]) >= 0 &&
                         digit_value(text[i + 2]) >= 0;
    if (escaped) {
      result.push_back(static_cast<char>(digit_value(text[i + 1]) * 16 + digit_value(text[i + 2])));
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

// Where the authority of a URL begins in `text`, at or behind `from`.
std::size_t find_authority(std::string_view text, std::size_t from) {
  const std::size_t at = text.find("://", from);
  return at == std::string_view::npos ? at : at + 3;
}

std::string_view without_query(std::string_view url) {
  return url.substr(0, url.find_first_of("?#"));
}

// "user:word%40host/x": who has escaped the '@' has told a password all the same.
std::string without_false_port(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::size_t colon = authority.rfind(':');
  const bool is_port = colon == std::string_view::npos || authority.ends_with(']') ||
                       authority.find_first_not_of("0123456789", colon + 1) == authority.npos;
  return is_port ? std::string(rest)
                 : concat(rest.substr(0, authority.find(':')), rest.substr(authority.size()));
}

}  // namespace

std::string url_for_messages(std::string_view url) {
  url = without_query(url);
  const std::size_t scheme_end = url.find("://");
  const std::size_t host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  // The authority ends at the first slash, but a password may hold an unescaped one: what is
  // before the last '@' never shows.
  const std::size_t at = url.rfind('@');
  std::string result(url.substr(0, host));
  result += without_false_port(at == std::string_view::npos || at < host ? url.substr(host)
                                                                         : url.substr(at + 1));
  std::ranges::replace_if(result, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return result;
}

std::string without_credentials_anywhere(std::string_view text) {
  std::string result;
  std::size_t done = 0;
  for (std::size_t host = find_authority(text, 0); host != std::string_view::npos;
       host = find_authority(text, host)) {
    // The last '@' before the path: a password may hold one.
    const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'`>", host), text.size());
    const std::size_t at = text.substr(host, end - host).rfind('@');
    result += text.substr(done, host - done);
    done = at == std::string_view::npos ? host : host + at + 1;
  }
  return result + std::string(text.substr(done));
}

std::string without_credentials(std::string_view url) {
  // One URL: here the user may hold anything but a slash.
  const std::size_t host = find_authority(url, 0);
  if (host == std::string_view::npos) {
    return std::string(url);
  }
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.substr(host, end - host).rfind('@');
  if (at == std::string_view::npos) {
    return std::string(url);
  }
  const std::string_view scheme = url.substr(0, host);
  const bool is_ssh = ends_with_ignoring_case(scheme, "ssh://");
  const std::string_view user = url.substr(host, url.substr(host, at).find(':'));
  return concat(scheme, is_ssh ? concat(user.substr(0, at), "@") : "", url.substr(host + at + 1));
}

std::string repository_url(std::string_view url) {
  const std::size_t colon = url.find_first_of(":/");
  const bool is_short = url.find("://") == std::string_view::npos &&
                        colon != std::string_view::npos && url[colon] == ':' &&
                        url.substr(0, colon).find('@') != std::string_view::npos;
  if (!is_short) {
    return without_credentials(url);
  }
  const std::string_view path = url.substr(colon + 1);
  return concat("ssh://", url.substr(0, colon), path.starts_with('/') ? "" : "/", path);
}

std::optional<UrlUser> user_of_url(std::string_view url) {
  if (!is_http_url(url)) {
    return std::nullopt;
  }
  const std::size_t authority = url.find("://") + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", authority), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < authority) {
    return std::nullopt;
  }
  const std::string_view user = url.substr(authority, at - authority);
  const std::size_t colon = user.find(':');
  const std::string_view scheme = url.substr(0, authority);
  return UrlUser{
      .url = concat(scheme, url.substr(at + 1)),
      .origin = concat(scheme, url.substr(at + 1, end - at - 1)),
      .name = decode(user.substr(0, colon)),
      .password = colon == std::string_view::npos ? std::string() : decode(user.substr(colon + 1))};
}

bool is_http_url(std::string_view text) {
  return starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://");
}

bool is_file_url(std::string_view text) {
  return starts_with_ignoring_case(text, "file:");
}

std::optional<std::string> path_of_file_url(std::string_view url) {
  if (!is_file_url(url)) {
    return std::nullopt;
  }
  std::string_view rest = without_query(url).substr(5);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    if (starts_with_ignoring_case(rest, "localhost/")) {
      rest.remove_prefix(9);
    }
  }
  std::string path = decode(rest);
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return path;
}

std::string file_url(std::string_view path) {
  constexpr std::string_view kPlain = "/-_.~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : path) {
    if (is_alphanumeric(c) || kPlain.find(c) != std::string_view::npos) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return url;
}

std::optional<std::string> resolve_url(const std::string& base, const std::string& link) {
  const std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)> handle(curl().url(),
                                                                     curl().url_cleanup);
  constexpr unsigned kFlags = CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME;
  char* text = nullptr;
  if (handle == nullptr ||
      curl().url_set(handle.get(), CURLUPART_URL, base.c_str(), kFlags) != CURLUE_OK ||
      curl().url_set(handle.get(), CURLUPART_URL, link.c_str(), kFlags) != CURLUE_OK ||
      curl().url_get(handle.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    return std::nullopt;
  }
  std::string result(text);
  curl().free(text);
  return result;
}

std::string file_name_of_link(std::string_view url) {
  url = without_query(url);
  const std::size_t slash = url.rfind('/');
  return decode(slash == std::string_view::npos ? url : url.substr(slash + 1));
}

}  // namespace pel
