#include "launcher/report_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "launcher/json_text.hpp"
#include "launcher/report_parts.hpp"
#include "store/base/text.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

// JSON that no HTML parser takes for the end of its script element, or for a comment.
std::string embedded_json(const nlohmann::ordered_json& json) {
  std::string text;
  for (const char c : json_text(json)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

// As a content security policy names what may run.
std::string policy_hash(std::string_view text) {
  std::string hash = sha256_of(std::as_bytes(std::span(text))).base64() + "=";
  std::ranges::replace(hash, '-', '+');
  std::ranges::replace(hash, '_', '/');
  return hash;
}

}  // namespace

std::string report_page(const nlohmann::ordered_json& usage) {
  const std::pair<std::string_view, std::string> values[] = {
      {"@SCRIPT_HASH@", policy_hash(kReportParts.script)},
      {"@STYLE_HASH@", policy_hash(kReportParts.style)},
      {"@STYLE@", std::string(kReportParts.style)},
      {"@DATA@", embedded_json(usage)},
      {"@SCRIPT@", std::string(kReportParts.script)},
  };
  // In the order of the page, so that nothing is looked for in what was filled in.
  std::string page;
  std::string_view rest = kReportParts.page;
  for (const auto& [mark, value] : values) {
    const std::size_t at = rest.find(mark);
    page += rest.substr(0, at);
    page += value;
    rest.remove_prefix(at + mark.size());
  }
  page += rest;
  return page;
}

}  // namespace pel
