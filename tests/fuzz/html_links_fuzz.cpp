#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/fetch/find_links.hpp"
#include "store/fetch/html_links.hpp"
#include "store/fetch/url.hpp"

// No page makes the scanner read outside of it or find more than is there, and every wheel's link
// that is taken has an absolute URL with the wheel's name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(data), size);
  const pel::HtmlLinks links = pel::scan_html_links(html);
  if (links.hrefs.size() > size / 2) {
    std::abort();
  }
  for (const pel::WheelLink& link : pel::wheel_links(html, "https://index.test/simple/")) {
    if (!link.file_name.ends_with(".whl") || link.url.find(':') == std::string::npos) {
      std::abort();
    }
  }
  static_cast<void>(pel::url_for_messages(html));
  static_cast<void>(pel::path_of_file_url(html));
  return 0;
}
