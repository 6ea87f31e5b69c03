#include "store/fetch/find_links.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/html_links.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

// With nothing in it that could separate it from the next one.
std::string as_item(const std::string& place) {
  constexpr std::string_view kSeparators = " \t,%";
  if (!place.starts_with('/') || place.find_first_of(kSeparators) == std::string::npos) {
    return place;
  }
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : place) {
    if (kSeparators.find(c) == std::string_view::npos) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return url;
}

}  // namespace

bool have_credentials(std::span<const std::string> places) {
  return std::ranges::any_of(
      places, [](const std::string& place) { return without_credentials(place) != place; });
}

std::string find_links_variable(std::span<const std::string> places, char separator) {
  std::string value;
  for (const std::string& place : places) {
    value += concat(value.empty() ? std::string() : std::string(1, separator), as_item(place));
  }
  return value;
}

FindLinks FindLinks::parse(std::span<const std::string> places) {
  FindLinks result;
  for (const std::string& place : places) {
    if (is_http_url(place)) {
      result.pages.push_back(place);
      continue;
    }
    if (place.find("://") != std::string::npos && !is_file_url(place)) {
      throw Error(ErrorCode::usage, concat("cannot use --find-links '", url_for_messages(place),
                                           "': it is neither a folder nor an http(s) URL"));
    }
    const std::string path =
        is_file_url(place) ? path_of_file_url(place).value_or(url_for_messages(place)) : place;
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      throw_errno("use --find-links", path);
    }
    (S_ISDIR(status.st_mode) ? result.folders : result.files).push_back(path);
  }
  return result;
}

std::vector<WheelLink> wheel_links(std::string_view html, const std::string& page_url) {
  const HtmlLinks links = scan_html_links(html);
  std::string base = page_url;
  if (!links.base.empty()) {
    base = resolve_url(page_url, links.base).value_or(page_url);
  }
  std::vector<WheelLink> result;
  for (const std::string& href : links.hrefs) {
    std::string name = file_name_of_link(href);
    if (!name.ends_with(".whl")) {
      continue;
    }
    if (auto url = resolve_url(base, href)) {
      result.push_back({std::move(name), std::move(*url)});
    }
  }
  return result;
}

}  // namespace pel
