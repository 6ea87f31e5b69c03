#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lock/toml_document.hpp"
#include "store/base/error.hpp"

namespace pel {

// A table of a lock, or of another TOML document, read key by key. Knows where it stands, so that
// what is wrong is reported as "cannot read lock /x/app.lock: line 12: package 'foo': key
// 'wheels[0].hashes' is missing". All functions throw Error(corrupt) for a value that is not of the
// kind asked for.
class LockTable {
 public:
  // `subject` is the document's name in messages, "lock /x/app.lock"; it must outlive the table.
  LockTable(const std::string& subject, TomlNode node) : subject_(&subject), node_(node) {}

  // What the table is, for messages: "package 'foo'". Keys are named from here on.
  void set_owner(std::string owner);

  [[nodiscard]] std::size_t line() const noexcept { return node_.line(); }

  [[nodiscard]] bool has(std::string_view key) const { return node_.find(key).has_value(); }

  // Nothing if the key is absent. An empty string is refused, but by text().
  [[nodiscard]] std::optional<std::string_view> string(std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> text(std::string_view key) const;
  [[nodiscard]] std::string_view required_string(std::string_view key) const;

  [[nodiscard]] bool boolean(std::string_view key) const;  // false if absent
  [[nodiscard]] std::optional<std::uint64_t> size(std::string_view key) const;
  [[nodiscard]] std::vector<std::string_view> strings(std::string_view key) const;

  // The same with the line that each stands on.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::size_t>> lines_of_strings(
      std::string_view key) const;

  [[nodiscard]] std::optional<LockTable> table(std::string_view key) const;
  [[nodiscard]] LockTable required_table(std::string_view key) const;
  [[nodiscard]] std::vector<LockTable> tables(std::string_view key) const;

  // All keys with their values, which must be strings.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> all_strings() const;

  // For keys whose value is of no use to us: refuses one that is of another kind, or an array of
  // anything but tables.
  void expect(std::string_view key, TomlNode::Kind kind) const;
  void expect_tables(std::string_view key) const;

  // Refuses every key that is not one of `known`, with the nearest of them as the hint.
  void allow_only(std::span<const std::string_view> known) const;

  // Calls `read`; an Error of it comes out with the place of `key` before its message.
  template <class Read>
  auto reading(std::string_view key, Read&& read) const {
    try {
      return read();
    } catch (const Error& error) {
      fail(key, concat_reason(error.message()), error.hint());
    }
  }

  // "key 'wheels[0].<key>' <reason>"; the line is that of the key if it exists.
  [[noreturn]] void fail(std::string_view key, std::string_view reason, std::string hint = {},
                         ErrorCode code = ErrorCode::corrupt) const;

  // The same about the table as a whole.
  [[noreturn]] void fail_table(std::string_view reason, std::string hint = {},
                               ErrorCode code = ErrorCode::corrupt) const;

  // "key '<key>' is missing"; the hint names a key that could be meant, otherwise it is `hint`.
  [[noreturn]] void fail_missing(std::string_view key, std::string hint = {}) const;

 private:
  [[nodiscard]] static std::string concat_reason(std::string_view message);
  [[nodiscard]] std::optional<TomlNode> find(std::string_view key, TomlNode::Kind kind) const;
  void demand(TomlNode node, TomlNode::Kind kind, std::string_view key) const;
  [[nodiscard]] LockTable child(TomlNode node, std::string_view key) const;
  [[nodiscard]] std::string place(std::size_t line) const;

  const std::string* subject_;
  TomlNode node_;
  std::string owner_;
  std::string prefix_;  // of keys: "wheels[0]."
};

}  // namespace pel
