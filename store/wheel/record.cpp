#include "store/wheel/record.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "store/base/text.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/text_lines.hpp"

namespace pel {
namespace {

// Takes a field in quotes, from behind the first one. False if no quote closes it, or text follows.
bool take_quoted(std::string_view& line, std::string& field) {
  for (;;) {
    const std::size_t quote = line.find('"');
    if (quote == std::string_view::npos) {
      return false;
    }
    field += line.substr(0, quote);
    line.remove_prefix(quote + 1);
    if (!line.starts_with('"')) {
      return line.empty() || line.front() == ',';
    }
    field += '"';
    line.remove_prefix(1);
  }
}

// Splits one line of CSV. False if its quotes do not match.
bool split_fields(std::string_view line, std::vector<std::string>& fields) {
  fields.clear();
  for (;;) {
    std::string& field = fields.emplace_back();
    if (line.starts_with('"')) {
      line.remove_prefix(1);
      if (!take_quoted(line, field)) {
        return false;
      }
    } else {
      field = line.substr(0, line.find(','));
      line.remove_prefix(field.size());
    }
    if (line.empty()) {
      return true;
    }
    line.remove_prefix(1);  // the comma
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  });
  return out;
}

// Fills `row`; returns why it cannot, or nothing.
std::optional<std::string> read_row(std::string_view line, std::vector<std::string>& fields,
                                    RecordRow& row) {
  if (!is_utf8(line)) {
    return "it is not UTF-8";
  }
  if (!split_fields(line, fields)) {
    return "its quotes do not match";
  }
  if (fields.size() != 3) {
    return concat("it has ", std::to_string(fields.size()), " fields, not 3");
  }
  std::string_view path = fields[0];
  while (path.starts_with("./")) {
    path.remove_prefix(2);
  }
  if (path.empty()) {
    return "it has no path";
  }
  row.path = std::string(path);
  if (!fields[1].empty()) {
    const std::size_t equals = fields[1].find('=');
    if (equals == std::string::npos) {
      return concat(quote(fields[1]), " is not of the form 'algorithm=digest'");
    }
    row.algorithm = lower(std::string_view(fields[1]).substr(0, equals));
    row.digest = fields[1].substr(equals + 1);
  }
  const std::string_view size = trim(fields[2]);
  if (!size.empty()) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), number);
    if (error != std::errc() || end != size.data() + size.size()) {
      return concat("the size ", quote(size), " is no number");
    }
    row.size = number;
  }
  return std::nullopt;
}

int digit_of_hex(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int digit_of_base64(char c) noexcept {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

std::optional<std::string> decode_bits(std::string_view text, unsigned bits,
                                       int (*digit_of)(char) noexcept) {
  std::string out;
  unsigned buffer = 0;
  unsigned filled = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) {
      return std::nullopt;
    }
    buffer = (buffer << bits | static_cast<unsigned>(digit)) & 0xFFFFU;
    filled += bits;
    if (filled >= 8) {
      filled -= 8;
      out += static_cast<char>(buffer >> filled & 0xFFU);
    }
  }
  return out;
}

}  // namespace

Record parse_record(std::string_view text) {
  Record record;
  std::vector<std::string> fields;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view row_text = take_line(text);
    if (row_text.empty()) {
      continue;
    }
    RecordRow row{.path = {}, .algorithm = {}, .digest = {}, .size = {}, .line = line};
    if (const auto fault = read_row(row_text, fields, row)) {
      record.faults.push_back(concat("line ", std::to_string(line), ": ", *fault));
    } else {
      record.rows.push_back(std::move(row));
    }
  }
  return record;
}

std::optional<std::string> decode_digest(std::string_view text, std::size_t size) {
  if (text.size() == size * 2) {
    return decode_bits(text, 4, digit_of_hex);
  }
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  if (text.size() != (size * 8 + 5) / 6) {
    return std::nullopt;
  }
  return decode_bits(text, 6, digit_of_base64);
}

void RecordWriter::add_path(std::string_view path) {
  if (path.find_first_of(",\"\r\n") == std::string_view::npos) {
    text_ += path;
    return;
  }
  text_ += '"';
  for (const char c : path) {
    text_ += c;
    if (c == '"') {
      text_ += c;
    }
  }
  text_ += '"';
}

void RecordWriter::add(std::string_view path, const Sha256& sha256, std::uint64_t size) {
  add_path(path);
  text_ += concat(",sha256=", sha256.base64(), ",", std::to_string(size), "\n");
}

void RecordWriter::add_itself(std::string_view path) {
  add_path(path);
  text_ += ",,\n";
}

}  // namespace pel
