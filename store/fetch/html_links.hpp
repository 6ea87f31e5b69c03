#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pel {

struct HtmlLinks {
  std::string base;                // of the first <base href>, or empty
  std::vector<std::string> hrefs;  // of all <a href>, entities decoded, in their order
};

// The links of an HTML page, as lists of wheels have them. Knows tags, attributes, comments and
// entities and nothing else; takes any bytes. Linear in the size of the page.
[[nodiscard]] HtmlLinks scan_html_links(std::string_view html);

}  // namespace pel
