#include "store/prefix/script_text.hpp"

#include <algorithm>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"

namespace pel {
namespace {

// Linux reads 127 bytes of a first line for certain (BINPRM_BUF_SIZE before 5.1).
constexpr std::size_t kMaxFirstLine = 127;

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

// A shell word for `path` that also stands inside a Python string in triple single quotes.
std::string quoted(std::string_view path) {
  if (path.find('\\') != std::string_view::npos) {
    throw Error(ErrorCode::io, concat("cannot write scripts that run ", path,
                                      ": the path holds a backslash and is long or holds spaces"))
        .with_hint("give a directory with a plain name, in PYENVLAUNCH_CACHE or to venv");
  }
  if (path.find_first_of("\"'$`") == std::string_view::npos) {
    return concat("\"", path, "\"");
  }
  std::string word = "'";
  for (const char c : path) {
    if (c == '\'') {
      word += "'\"'\"'";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace

std::string script_head(std::string_view python) {
  const std::string line = concat("#!", python, "\n");
  const bool is_text = is_utf8(python);
  if (is_text && line.size() <= kMaxFirstLine && std::ranges::none_of(python, is_blank)) {
    return line;
  }
  // The shell executes the line with exec; Python sees a string in triple quotes there. It decodes
  // the path as well, and takes any byte in an encoding that has them all.
  return concat("#!/bin/sh\n", is_text ? "" : "# -*- coding: latin-1 -*-\n", "'''exec' ",
                quoted(python), " \"$0\" \"$@\"\n' '''\n");
}

std::string console_script(std::string_view python, const ObjectReference& target) {
  const std::string_view attributes = target.attributes;
  const std::string_view first = attributes.substr(0, attributes.find('.'));
  return concat(script_head(python),
                "# -*- coding: utf-8 -*-\n"
                "import sys\n"
                "from ",
                target.module, " import ", first,
                "\n"
                "if __name__ == \"__main__\":\n"
                "    if sys.argv[0].endswith(\"-script.pyw\"):\n"
                "        sys.argv[0] = sys.argv[0][:-11]\n"
                "    elif sys.argv[0].endswith(\".exe\"):\n"
                "        sys.argv[0] = sys.argv[0][:-4]\n"
                "    sys.exit(",
                attributes, "())\n");
}

std::string rewritten_script(std::string_view python, std::string_view text) {
  const std::size_t end = text.find('\n');
  return concat(script_head(python),
                end == std::string_view::npos ? std::string_view() : text.substr(end + 1));
}

}  // namespace pel
