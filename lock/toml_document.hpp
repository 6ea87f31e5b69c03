#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// A value in a TomlDocument, which must outlive it. Cheap to copy.
class TomlNode {
 public:
  enum class Kind : std::uint8_t {
    string,
    integer,
    floating_point,
    boolean,
    date_time,     // a moment, with or without an offset
    date_or_time,  // one of the two alone
    array,
    table,
  };

  [[nodiscard]] Kind kind() const noexcept;

  // "a string", "an array": for messages.
  [[nodiscard]] static std::string_view describe(Kind kind) noexcept;

  // Where it is written, counted from 1. For a table of a header, the line of the header.
  [[nodiscard]] std::size_t line() const noexcept;

  // The value; each demands the kind of its name.
  [[nodiscard]] std::string_view string() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] bool boolean() const;

  // The elements of an array.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] TomlNode at(std::size_t index) const;

  // The value of a key of a table.
  [[nodiscard]] std::optional<TomlNode> find(std::string_view key) const;

  // All of a table, in the order of the text.
  [[nodiscard]] std::vector<std::pair<std::string_view, TomlNode>> entries() const;

 private:
  friend class TomlDocument;

  explicit TomlNode(const void* node) noexcept : node_(node) {}

  const void* node_;  // a toml::node; the type stays in toml_document.cpp
};

// A parsed TOML 1.0 document. This is the one place that knows the TOML library.
class TomlDocument {
 public:
  // Throws Error(corrupt): "cannot read <subject>: line 3, column 7: <reason>". `indent` is how
  // many columns the text had in front of each line where it was taken from.
  [[nodiscard]] static TomlDocument parse(std::string_view text, std::string_view subject,
                                          std::size_t indent = 0);

  TomlDocument(TomlDocument&&) noexcept;
  TomlDocument& operator=(TomlDocument&&) noexcept;
  ~TomlDocument();

  [[nodiscard]] TomlNode root() const noexcept;

 private:
  struct Content;

  explicit TomlDocument(std::unique_ptr<Content> content) noexcept;

  std::unique_ptr<Content> content_;
};

}  // namespace pel
