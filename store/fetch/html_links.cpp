#include "store/fetch/html_links.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "store/base/utf8.hpp"

namespace pel {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f";

bool is_space(char c) {
  return kSpace.find(c) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

// "#43", "#x2B" -> the character.
std::optional<std::uint32_t> numeric_entity(std::string_view name) {
  if (name.size() < 2 || name.size() > 9 || name[0] != '#') {
    return std::nullopt;
  }
  const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
  name.remove_prefix(hexadecimal ? 2 : 1);
  std::uint32_t value = 0;
  for (const char c : lower(name)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
    if (digit >= (hexadecimal ? 16 : 10)) {
      return std::nullopt;
    }
    value = value * (hexadecimal ? 16U : 10U) + static_cast<std::uint32_t>(digit);
  }
  if (name.empty() || value == 0) {
    return std::nullopt;
  }
  return value;
}

std::string decode_entities(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  constexpr std::size_t kLongestEntity = 10;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end =
        text[i] == '&' ? text.substr(i, kLongestEntity).find(';') : std::string_view::npos;
    if (end == std::string_view::npos) {
      result.push_back(text[i]);
      continue;
    }
    const std::string_view name = text.substr(i + 1, end - 1);
    const auto* const named = std::ranges::find(kNamed, name, &decltype(kNamed)::value_type::first);
    if (named != kNamed.end()) {
      result.push_back(named->second);
    } else if (const auto code = numeric_entity(name); !code || !append_utf8(result, *code)) {
      result.push_back('&');
      continue;
    }
    i += end;
  }
  return result;
}

// Walks through the page; `at_` only ever grows.
class Scanner {
 public:
  explicit Scanner(std::string_view html) : html_(html) {}

  HtmlLinks run() {
    while (next_tag()) {
      if (html_.substr(at_).starts_with("!--")) {
        skip_past("-->");
      } else {
        read_tag();
      }
    }
    return std::move(links_);
  }

 private:
  bool next_tag() {
    at_ = std::min(html_.find('<', at_), html_.size());
    if (at_ == html_.size()) {
      return false;
    }
    ++at_;
    return true;
  }

  void skip_past(std::string_view text) {
    const std::size_t found = html_.find(text, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + text.size();
  }

  std::string_view take_until(std::string_view stops) {
    const std::size_t end = std::min(html_.find_first_of(stops, at_), html_.size());
    const std::string_view text = html_.substr(at_, end - at_);
    at_ = end;
    return text;
  }

  void skip_space() {
    while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) {
      ++at_;
    }
  }

  void read_tag() {
    const std::string name = lower(take_until(" \t\r\n\f/>"));
    for (skip_space(); at_ < html_.size() && html_[at_] != '>'; skip_space()) {
      const std::string attribute = lower(take_until(" \t\r\n\f=/>"));
      const std::string_view value = read_value();
      if (attribute == "href" && name == "a") {
        links_.hrefs.push_back(decode_entities(value));
      } else if (attribute == "href" && name == "base" && links_.base.empty()) {
        links_.base = decode_entities(value);
      }
    }
  }

  // What stands behind an attribute's name, if anything. Consumes at least one character of
  // whatever is no end of the tag, so that the scan goes on.
  std::string_view read_value() {
    while (at_ < html_.size() && is_space(html_[at_])) {
      ++at_;
    }
    if (at_ >= html_.size() || html_[at_] != '=') {
      return {};
    }
    ++at_;
    while (at_ < html_.size() && is_space(html_[at_])) {
      ++at_;
    }
    if (at_ >= html_.size()) {
      return {};
    }
    const char quote = html_[at_];
    if (quote != '"' && quote != '\'') {
      return take_until(" \t\r\n\f>");
    }
    ++at_;
    const std::string_view value = take_until(std::string_view(&quote, 1));
    at_ = std::min(at_ + 1, html_.size());
    return value;
  }

  std::string_view html_;
  std::size_t at_ = 0;
  HtmlLinks links_;
};

}  // namespace

HtmlLinks scan_html_links(std::string_view html) {
  return Scanner(html).run();
}

}  // namespace pel
