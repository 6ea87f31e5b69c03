#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// The places of --find-links, sorted by kind.
struct FindLinks {
  std::vector<std::string> folders;  // absolute, or relative to the working directory
  std::vector<std::string> files;    // HTML pages on this machine
  std::vector<std::string> pages;    // http and https URLs

  // Throws Error(not_found) for a folder or file that is not there, Error(usage) for a URL of
  // another scheme.
  [[nodiscard]] static FindLinks parse(std::span<const std::string> places);
};

// Whether one of the places is a URL that names a user.
[[nodiscard]] bool have_credentials(std::span<const std::string> places);

// The places as the value of a variable of a tool that takes them apart at `separator`.
[[nodiscard]] std::string find_links_variable(std::span<const std::string> places, char separator);

// The URL of each link of an HTML page whose last component is a wheel's file name.
struct WheelLink {
  std::string file_name;
  std::string url;
};

[[nodiscard]] std::vector<WheelLink> wheel_links(std::string_view html,
                                                 const std::string& page_url);

}  // namespace pel
