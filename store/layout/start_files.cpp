#include "store/layout/start_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "store/base/text.hpp"
#include "store/base/utf8.hpp"

namespace pel {
namespace {

void append_hex(std::string& out, std::uint32_t value, int digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += kDigits[(value >> shift) & 15U];
  }
}

void append_escaped(std::string& out, std::uint32_t code) {
  if (code < 0x100) {
    out += "\\x";
    append_hex(out, code, 2);
  } else if (code < 0x10000) {
    out += "\\u";
    append_hex(out, code, 4);
  } else {
    out += "\\U";
    append_hex(out, code, 8);
  }
}

}  // namespace

bool passes_over_hidden_start_files(const InterpreterFacts& interpreter) {
  constexpr std::array<int, 4> kFirstMicro{19, 14, 8, 2};  // of 3.9 to 3.12
  const auto minor = static_cast<std::size_t>(interpreter.minor);
  return minor >= 13 || (minor >= 9 && interpreter.micro >= kFirstMicro.at(minor - 9));
}

std::string plain_paths_file(std::span<const std::string> directories) {
  std::string text;
  for (const std::string& directory : directories) {
    // The file is UTF-8; what no text can name is put there by code.
    text += is_utf8(directory) ? concat(directory, "\n")
                               : concat("import sys; p = ", python_literal(directory),
                                        "; p in sys.path or sys.path.append(p)\n");
  }
  return text;
}

std::vector<std::string> plain_paths_of(std::string_view start_file) {
  std::vector<std::string> paths;
  while (!start_file.empty()) {
    const std::size_t end = std::min(start_file.find('\n'), start_file.size());
    std::string_view line = start_file.substr(0, end);
    start_file.remove_prefix(std::min(end + 1, start_file.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) {
      line.remove_suffix(1);
    }
    if (line.starts_with('/')) {
      paths.emplace_back(line);
    }
  }
  return paths;
}

std::string finder_start_file() {
  return "import _pyenvlaunch; _pyenvlaunch.site_packages(sitedir, locals())\n";
}

// `site` runs lines that start with "import", one at a time.
std::string tolerant_finder_start_file() {
  return "import sys; exec('try:\\n import _pyenvlaunch\\nexcept ImportError:\\n pass\\nelse:\\n "
         "_pyenvlaunch.site_packages(sitedir, locals())')\n";
}

// Everything that the line names is in sys.modules already: the start imports nothing for it.
std::string hosted_finder_start_file(std::string_view embed, std::string_view store,
                                     std::string_view manager) {
  const std::string path = python_literal(embed);
  return concat(
      "import _frozen_importlib as b, _frozen_importlib_external as e; "
      "b._load(b.ModuleSpec('_pyenvlaunch', e.ExtensionFileLoader('_pyenvlaunch', ",
      path, "), origin=", path, ")).site_packages(sitedir, locals(), ", python_literal(store), ", ",
      python_literal(manager), ")\n");
}

namespace {

constexpr std::string_view kSetOfOneLoop = "known_paths";
// The variables of `site` are a state object's since 3.15.
constexpr std::string_view kSetOfState = "getattr(locals().get('self'), '_known_paths', None)";

std::string forwarding_line(std::string_view site_packages, std::string_view name,
                            std::string_view known) {
  return concat("import site; site.addpackage(", python_literal(site_packages), ", ",
                python_literal(name), ", ", known, ")\n");
}

bool is_code(std::string_view line) {
  return line.starts_with("import ") || line.starts_with("import\t");
}

// Whether nothing in the text asks where it comes from.
bool is_independent(std::string_view text) {
  // How code comes to the variables of `site` that hold the directory, the path or the open file;
  // and to sys.path, which has the roots as soon as something is imported.
  constexpr std::array<std::string_view, 10> kQuestions = {
      "sitedir", "fullname", "filename", "known_paths", "addpackage",
      "frame",   "locals",   "vars",     "f.",          "path"};
  return std::ranges::none_of(
      kQuestions, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// Takes a line, without its end, off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

// As str.strip() does with ASCII.
std::string_view stripped(std::string_view line) {
  constexpr std::string_view kBlank = " \t\v\f\x1c\x1d\x1e\x1f";
  const std::size_t start = line.find_first_not_of(kBlank);
  return start == std::string_view::npos
             ? std::string_view()
             : line.substr(start, line.find_last_not_of(kBlank) - start + 1);
}

// Whether Python splits and decodes it as we do: printable ASCII, tabs and ends of lines.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t' || (c >= ' ' && c < '\x7f'); });
}

bool is_independent_start_file(std::string_view text) {
  if (!is_independent(text)) {
    return false;
  }
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty() && !line.starts_with('#') && !is_code(line)) {
      return false;
    }
  }
  return true;
}

// The lines that are code, if nothing in them asks where they come from; else one that forwards.
std::string code_of(std::string_view code, std::string_view site_packages, std::string_view name) {
  return code.empty() || is_independent(code) ? std::string(code)
                                              : forwarding_line(site_packages, name, kSetOfState);
}

// Directories come first, with their absolute paths, and code behind them.
std::string start_file_of_state(std::string_view site_packages, std::string_view name,
                                std::string_view text) {
  if (!is_plain(text) || !is_plain(site_packages)) {
    return forwarding_line(site_packages, name, kSetOfState);
  }
  std::string paths;
  std::string code;
  while (!text.empty()) {
    const std::string_view line = stripped(take_line(text));
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (is_code(line)) {
      code += concat(line, "\n");
    } else {
      paths += line.starts_with('/') ? concat(line, "\n") : concat(site_packages, "/", line, "\n");
    }
  }
  return paths + code_of(code, site_packages, name);
}

}  // namespace

StartFileText prefix_start_file(StartFiles kind, std::string_view site_packages,
                                std::string_view name, std::string_view text) {
  if (kind == StartFiles::in_steps) {
    // The finder puts the roots behind site-packages, whatever else is on sys.path by then.
    return {start_file_of_state(site_packages, name, text), false};
  }
  if (is_independent_start_file(text)) {
    return {std::string(text), false};
  }
  return {forwarding_line(site_packages, name, kSetOfOneLoop), true};
}

std::string python_literal(std::string_view path) {
  constexpr std::uint32_t kSurrogateEscape = 0xDC00;
  std::string out = "'";
  while (!path.empty()) {
    const Utf8Character next = utf8_character(path);
    if (next.length == 0) {
      append_escaped(out, kSurrogateEscape + static_cast<unsigned char>(path.front()));
      path.remove_prefix(1);
      continue;
    }
    if (next.code == '\\' || next.code == '\'') {
      out += '\\';
      out += path.front();
    } else if (next.code >= 0x20 && next.code < 0x7F) {
      out += path.front();
    } else {
      append_escaped(out, next.code);
    }
    path.remove_prefix(next.length);
  }
  return out + "'";
}

}  // namespace pel
