#include "lock/lock_table.hpp"

#include <algorithm>
#include <utility>

#include "lock/display.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

std::string element(std::string_view key, std::size_t index) {
  return concat(key, "[", std::to_string(index), "]");
}

std::string did_you_mean(std::string_view word) {
  return word.empty() ? std::string() : concat("did you mean ", quoted(word), "?");
}

}  // namespace

void LockTable::set_owner(std::string owner) {
  owner_ = std::move(owner);
  prefix_.clear();
}

std::optional<std::string_view> LockTable::string(std::string_view key) const {
  const auto value = text(key);
  if (value && value->empty()) {
    fail(key, "is empty");
  }
  return value;
}

std::optional<std::string_view> LockTable::text(std::string_view key) const {
  const auto node = find(key, TomlNode::Kind::string);
  return node ? std::optional(node->string()) : std::nullopt;
}

std::string_view LockTable::required_string(std::string_view key) const {
  const auto value = string(key);
  if (!value) {
    fail_missing(key);
  }
  return *value;
}

bool LockTable::boolean(std::string_view key) const {
  const auto node = find(key, TomlNode::Kind::boolean);
  return node && node->boolean();
}

std::optional<std::uint64_t> LockTable::size(std::string_view key) const {
  const auto node = find(key, TomlNode::Kind::integer);
  if (!node) {
    return std::nullopt;
  }
  if (node->integer() < 0) {
    fail(key, "is negative");
  }
  return static_cast<std::uint64_t>(node->integer());
}

std::vector<std::string_view> LockTable::strings(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const auto& [value, line] : lines_of_strings(key)) {
    values.push_back(value);
  }
  return values;
}

std::vector<std::pair<std::string_view, std::size_t>> LockTable::lines_of_strings(
    std::string_view key) const {
  std::vector<std::pair<std::string_view, std::size_t>> values;
  const auto array = find(key, TomlNode::Kind::array);
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const TomlNode node = array->at(i);
    demand(node, TomlNode::Kind::string, element(key, i));
    if (node.string().empty()) {
      fail(element(key, i), "is empty");
    }
    values.emplace_back(node.string(), node.line());
  }
  return values;
}

std::optional<LockTable> LockTable::table(std::string_view key) const {
  const auto node = find(key, TomlNode::Kind::table);
  return node ? std::optional(child(*node, key)) : std::nullopt;
}

LockTable LockTable::required_table(std::string_view key) const {
  auto found = table(key);
  if (!found) {
    fail_missing(key);
  }
  return *std::move(found);
}

std::vector<LockTable> LockTable::tables(std::string_view key) const {
  std::vector<LockTable> tables;
  const auto array = find(key, TomlNode::Kind::array);
  tables.reserve(array ? array->size() : 0);
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const std::string name = element(key, i);
    demand(array->at(i), TomlNode::Kind::table, name);
    tables.push_back(child(array->at(i), name));
  }
  return tables;
}

std::vector<std::pair<std::string_view, std::string_view>> LockTable::all_strings() const {
  std::vector<std::pair<std::string_view, std::string_view>> values;
  for (const auto& [key, node] : node_.entries()) {
    demand(node, TomlNode::Kind::string, key);
    values.emplace_back(key, node.string());
  }
  return values;
}

void LockTable::expect(std::string_view key, TomlNode::Kind kind) const {
  static_cast<void>(find(key, kind));
}

void LockTable::expect_tables(std::string_view key) const {
  const auto array = find(key, TomlNode::Kind::array);
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    if (const TomlNode node = array->at(i); node.kind() != TomlNode::Kind::table) {
      demand(node, TomlNode::Kind::table, element(key, i));
    }
  }
}

void LockTable::allow_only(std::span<const std::string_view> known) const {
  for (const auto& [key, node] : node_.entries()) {
    if (std::ranges::find(known, key) == known.end()) {
      fail(key, "is unknown", did_you_mean(nearest(key, known)));
    }
  }
}

std::string LockTable::concat_reason(std::string_view message) {
  return concat("is wrong: ", message);
}

void LockTable::fail(std::string_view key, std::string_view reason, std::string hint,
                     ErrorCode code) const {
  // "wheels[2]" is an element of the key "wheels".
  const auto node = node_.find(key.substr(0, key.find('[')));
  throw Error(code, concat(place(node ? node->line() : line()), "key ",
                           quoted(concat(prefix_, key)), " ", reason))
      .with_hint(std::move(hint));
}

void LockTable::fail_table(std::string_view reason, std::string hint, ErrorCode code) const {
  const std::string_view name = std::string_view(prefix_).substr(0, prefix_.rfind('.'));
  throw Error(
      code, concat(place(line()), prefix_.empty() ? "" : concat("key ", quoted(name), " "), reason))
      .with_hint(std::move(hint));
}

void LockTable::fail_missing(std::string_view key, std::string hint) const {
  std::vector<std::string_view> present;
  for (const auto& entry : node_.entries()) {
    present.push_back(entry.first);
  }
  const std::string_view near = nearest(key, present);
  throw Error(ErrorCode::corrupt,
              concat(place(line()), "key ", quoted(concat(prefix_, key)), " is missing"))
      .with_hint(near.empty() ? std::move(hint) : concat("is ", quoted(near), " meant to be it?"));
}

std::optional<TomlNode> LockTable::find(std::string_view key, TomlNode::Kind kind) const {
  const auto node = node_.find(key);
  if (node) {
    demand(*node, kind, key);
  }
  return node;
}

void LockTable::demand(TomlNode node, TomlNode::Kind kind, std::string_view key) const {
  if (node.kind() != kind) {
    fail(key, concat("is ", TomlNode::describe(node.kind()), ", not ", TomlNode::describe(kind)));
  }
}

LockTable LockTable::child(TomlNode node, std::string_view key) const {
  LockTable table(*subject_, node);
  table.owner_ = owner_;
  table.prefix_ = concat(prefix_, key, ".");
  return table;
}

std::string LockTable::place(std::size_t line) const {
  return concat("cannot read ", *subject_, ": line ", std::to_string(line), ": ", owner_,
                owner_.empty() ? "" : ": ");
}

}  // namespace pel
