#include "store/wheel/entry_points.hpp"

#include <algorithm>
#include <cstddef>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/install_scheme.hpp"
#include "store/wheel/text_lines.hpp"

namespace pel {
namespace {

[[noreturn]] void reject(std::size_t line, std::string_view reason) {
  throw Error(ErrorCode::corrupt, concat("line ", std::to_string(line), ": ", reason));
}

// Letters and digits of any script, as in Python's \w; other scripts are not told apart.
bool is_word(char c) noexcept {
  return (c & 0x80) != 0 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

// "a.b.c": identifiers with single dots between them.
bool is_dotted_name(std::string_view name) noexcept {
  bool in_word = false;
  for (const char c : name) {
    if (is_word(c)) {
      const bool starts_with_digit = !in_word && c >= '0' && c <= '9';
      if (starts_with_digit) {
        return false;
      }
      in_word = true;
    } else if (c == '.' && in_word) {
      in_word = false;
    } else {
      return false;
    }
  }
  return in_word;
}

void check_program(const EntryPoint& point, std::size_t line) {
  const std::string& name = point.name;
  if (name.empty() || name.size() > 255 || name == "." || name == ".." ||
      name.find_first_of("/\\") != std::string::npos || has_control_character(name)) {
    reject(line, concat("the script name ", quote(name), " is no file name"));
  }
  if (is_reserved_script(name)) {
    reject(line, concat("the script name ", quote(name), " is reserved"));
  }
  if (!is_program_target(point.value)) {
    reject(line, concat("script ", quote(name), ": ", quote(point.value),
                        " is not of the form 'module:function'"));
  }
}

}  // namespace

bool is_program_target(std::string_view value) noexcept {
  value = trim(value);
  if (value.ends_with(']')) {
    const std::size_t bracket = value.find('[');
    if (bracket == std::string_view::npos ||
        value.find_first_of("[]", bracket + 1) != value.size() - 1) {
      return false;
    }
    value = value.substr(0, bracket);
  }
  const std::size_t colon = value.find(':');
  return colon != std::string_view::npos && is_dotted_name(trim(value.substr(0, colon))) &&
         is_dotted_name(trim(value.substr(colon + 1)));
}

std::vector<EntryPoint> parse_entry_points(std::string_view text) {
  std::vector<EntryPoint> points;
  std::string group;
  bool in_section = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = take_line(text);
    if (!is_utf8(whole)) {
      reject(number, "it is not UTF-8");
    }
    const std::string_view line = trim(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      continue;
    }
    if (line.front() == '[' && line.back() == ']') {
      group = std::string(trim(line.substr(1, line.size() - 2)));
      in_section = true;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      reject(number, concat(quote(line), " is neither a section nor 'name = value'"));
    }
    if (!in_section) {
      reject(number, "an entry comes before the first section");
    }
    EntryPoint point{.group = group,
                     .name = std::string(trim(line.substr(0, equals))),
                     .value = std::string(trim(line.substr(equals + 1)))};
    if (group == "console_scripts" || group == "gui_scripts") {
      check_program(point, number);
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace pel
