#include "lock/toml_document.hpp"

#include <algorithm>
#include <tuple>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

const toml::node& node_of(const void* node) noexcept {
  return *static_cast<const toml::node*>(node);
}

// The library bounds the nesting of values but not the parts of a dotted key, and takes its tree
// down by recursion: "a.a.a. ..." of some kilobytes would overflow the stack.
constexpr std::size_t kMaxKeyParts = 32;

// The end of the string that starts at `begin`, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool multi_line = text.substr(begin).starts_with(triple);
  const std::string_view closing = multi_line ? triple : triple.substr(0, 1);
  std::size_t i = begin + closing.size();
  while (i < text.size() && !text.substr(i).starts_with(closing) &&
         (multi_line || text[i] != '\n')) {
    i += text[i] == '\\' && quote == '"' ? 2U : 1U;
  }
  return std::min(i + closing.size(), text.size());
}

// The line of a key with too many parts, counted from 1; 0 if there is none.
std::size_t line_of_long_key(std::string_view text) {
  constexpr std::string_view kBetweenKeys = "=,{}[]\n#";
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = end_of_string(text, i);
      continue;
    }
    dots = kBetweenKeys.find(c) == std::string_view::npos ? dots + (c == '.' ? 1 : 0) : 0;
    if (dots >= kMaxKeyParts) {
      return static_cast<std::size_t>(std::ranges::count(text.substr(0, i), '\n')) + 1;
    }
    i = c == '#' ? std::min(text.find('\n', i), text.size()) : i + 1;
  }
  return 0;
}

}  // namespace

struct TomlDocument::Content {
  toml::table table;
};

TomlNode::Kind TomlNode::kind() const noexcept {
  switch (node_of(node_).type()) {
    case toml::node_type::string:
      return Kind::string;
    case toml::node_type::integer:
      return Kind::integer;
    case toml::node_type::floating_point:
      return Kind::floating_point;
    case toml::node_type::boolean:
      return Kind::boolean;
    case toml::node_type::array:
      return Kind::array;
    case toml::node_type::table:
      return Kind::table;
    default:
      return Kind::date_or_time;
  }
}

std::string_view TomlNode::describe(Kind kind) noexcept {
  switch (kind) {
    case Kind::string:
      return "a string";
    case Kind::integer:
      return "an integer";
    case Kind::floating_point:
      return "a floating-point number";
    case Kind::boolean:
      return "a boolean";
    case Kind::date_or_time:
      return "a date or time";
    case Kind::array:
      return "an array";
    case Kind::table:
      return "a table";
  }
  return {};
}

std::size_t TomlNode::line() const noexcept {
  return node_of(node_).source().begin.line;
}

std::string_view TomlNode::string() const {
  return node_of(node_).as_string()->get();
}

std::int64_t TomlNode::integer() const {
  return node_of(node_).as_integer()->get();
}

bool TomlNode::boolean() const {
  return node_of(node_).as_boolean()->get();
}

std::size_t TomlNode::size() const {
  return node_of(node_).as_array()->size();
}

TomlNode TomlNode::at(std::size_t index) const {
  return TomlNode(node_of(node_).as_array()->get(index));
}

std::optional<TomlNode> TomlNode::find(std::string_view key) const {
  const toml::node* const found = node_of(node_).as_table()->get(key);
  return found == nullptr ? std::nullopt : std::optional(TomlNode(found));
}

std::vector<std::pair<std::string_view, TomlNode>> TomlNode::entries() const {
  std::vector<std::pair<std::string_view, TomlNode>> entries;
  for (const auto& [key, value] : *node_of(node_).as_table()) {
    entries.emplace_back(key.str(), TomlNode(&value));
  }
  std::ranges::sort(entries, {}, [](const auto& entry) {
    const toml::source_position begin = node_of(entry.second.node_).source().begin;
    return std::tuple(begin.line, begin.column);
  });
  return entries;
}

TomlDocument::TomlDocument(std::unique_ptr<Content> content) noexcept
    : content_(std::move(content)) {}

TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument& TomlDocument::operator=(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;

TomlDocument TomlDocument::parse(std::string_view text, std::string_view subject) {
  if (const std::size_t line = line_of_long_key(text); line != 0) {
    throw Error(ErrorCode::corrupt,
                concat("cannot read ", subject, ": line ", std::to_string(line),
                       ": a key with more than ", std::to_string(kMaxKeyParts), " parts"));
  }
  try {
    return TomlDocument(std::make_unique<Content>(Content{toml::parse(text)}));
  } catch (const toml::parse_error& error) {
    const toml::source_position begin = error.source().begin;
    throw Error(ErrorCode::corrupt,
                concat("cannot read ", subject, ": line ", std::to_string(begin.line), ", column ",
                       std::to_string(begin.column), ": ", escaped(error.description())));
  }
}

TomlNode TomlDocument::root() const noexcept {
  return TomlNode(&content_->table);
}

}  // namespace pel
