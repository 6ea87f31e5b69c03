#include "frontend/requirements_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/filesystem/path.hpp>
#include <cstdlib>
#include <set>

#include "frontend/scratch_directory.hpp"
#include "lock/characters.hpp"
#include "lock/dependency_specifier.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A comment begins at '#' at the start of a line or behind a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || is_space(line[at - 1])) {
      return line.substr(0, at);
    }
  }
  return line;
}

struct LogicalLine {
  std::string text;
  std::size_t line = 0;  // of its first part
};

// Lines that end in a backslash go on in the next.
std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> lines;
  bool continued = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (!continued) {
      lines.push_back({{}, number});
    }
    continued = line.ends_with('\\');
    if (continued) {
      line.remove_suffix(1);
    }
    lines.back().text += without_comment(line);
    lines.back().text += continued ? " " : "";
  }
  return lines;
}

// "${NAME}", of capitals, digits and underscores, becomes the variable's value; without one it
// stays.
std::string with_variables(std::string_view line, const VariableLookup& variable) {
  std::string result;
  for (std::size_t at = line.find("${"); at != std::string_view::npos; at = line.find("${")) {
    const std::size_t end = line.find('}', at);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string name(line.substr(at + 2, end - at - 2));
    const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
      return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
    });
    const auto value = is_name ? variable(name) : std::nullopt;
    result += line.substr(0, at);
    result += value && !value->empty() ? *value : std::string(line.substr(at, end + 1 - at));
    line.remove_prefix(end + 1);
  }
  return concat(result, line);
}

// Where the options of a line begin: at the first word with a dash.
std::size_t options_of(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '-' && (at == 0 || is_space(line[at - 1]))) {
      return at;
    }
  }
  return line.size();
}

// The words of a shell's command line: quotes hold blanks, a backslash takes the next character.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == '\0' && is_space(c)) {
      in_word = false;
      continue;
    }
    if (!in_word) {
      words.emplace_back();
      in_word = true;
    }
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      words.back() += line[++at];
    } else {
      words.back() += c;
    }
  }
  return words;
}

struct Option {
  std::string name;
  std::string value;
};

// "--name=value", "--name value", "-n value", "-nvalue". The values of options that are not known
// here are words that nobody asks for.
std::vector<Option> options_in(std::string_view text) {
  std::vector<Option> options;
  const std::vector<std::string> words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with('-')) {
      continue;
    }
    const bool is_long = word.starts_with("--");
    const std::size_t end = is_long ? std::min(word.find('='), word.size()) : 2;
    Option option{word.substr(0, end), {}};
    if (end < word.size()) {
      option.value = word.substr(is_long ? end + 1 : end);
    } else if (i + 1 < words.size() && !words[i + 1].starts_with('-')) {
      option.value = words[i + 1];
    }
    options.push_back(std::move(option));
  }
  return options;
}

void take_option(const Option& option, RequirementsFile& file, RequirementLine& line) {
  const auto& [name, value] = option;
  file.pre = file.pre || name == "--pre";
  if (value.empty()) {
    return;
  }
  if (name == "-r" || name == "--requirement") {
    file.requirement_files.push_back(value);
  } else if (name == "-c" || name == "--constraint") {
    file.constraint_files.push_back(value);
  } else if (name == "-i" || name == "--index-url") {
    file.index_url = value;
  } else if (name == "--extra-index-url") {
    file.extra_index_urls.push_back(value);
  } else if (name == "-f" || name == "--find-links") {
    file.find_links.push_back(value);
  } else if (name == "-e" || name == "--editable") {
    line.editable = true;
    line.text = value;
  } else if (name == "--hash") {
    if (const std::size_t colon = value.find(':'); colon != std::string::npos) {
      line.hashes.emplace_back(lowered(value.substr(0, colon)), lowered(value.substr(colon + 1)));
    }
  }
}

}  // namespace

std::optional<std::string> environment_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

namespace {

class RequirementsReader {
 public:
  void add(const std::string& path) {
    if (!visited_.insert(path).second) {
      return;
    }
    const std::string text = read_file(path);
    if (!is_utf8(text)) {
      throw Error(ErrorCode::corrupt, concat("cannot read ", path, ": it is not UTF-8"))
          .with_hint("save it as UTF-8");
    }
    RequirementsFile file = parse_requirements_file(text, environment_variable);
    const std::string folder = directory_of(path);
    for (RequirementLine& line : file.requirements) {
      line.file = path;
      all_.requirements.push_back(std::move(line));
    }
    if (!file.index_url.empty()) {
      all_.index_url = file.index_url;
    }
    all_.pre = all_.pre || file.pre;
    append(file.extra_index_urls, all_.extra_index_urls);
    append(file.constraint_files, all_.constraint_files);
    for (const std::string& place : file.find_links) {
      const std::string beside = below(folder, path_of_file_url(place).value_or(place));
      all_.find_links.push_back(::access(beside.c_str(), F_OK) == 0 ? beside : place);
    }
    for (const std::string& other : file.requirement_files) {
      if (is_http_url(other)) {
        all_.requirement_files.push_back(other);
      } else {
        with_context([&] { return concat("reading ", path); },
                     [&] { add(below(folder, path_of_file_url(other).value_or(other))); });
      }
    }
  }

  [[nodiscard]] RequirementsFile all() && { return std::move(all_); }

 private:
  static std::string below(const std::string& folder, const std::string& path) {
    const std::string whole = path.starts_with('/') ? path : concat(folder, "/", path);
    return boost::filesystem::path(whole).lexically_normal().native();
  }

  static void append(std::vector<std::string>& from, std::vector<std::string>& to) {
    to.insert(to.end(), from.begin(), from.end());
  }

  std::set<std::string> visited_;
  RequirementsFile all_;
};

}  // namespace

std::string RequirementLine::place() const {
  return concat(file, ":", std::to_string(line));
}

RequirementsFile parse_requirements_file(std::string_view text, const VariableLookup& variable) {
  RequirementsFile file;
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  for (const LogicalLine& logical : logical_lines(text)) {
    const std::string line = with_variables(trim(logical.text), variable);
    const std::size_t options = options_of(line);
    RequirementLine requirement;
    requirement.text = trim(std::string_view(line).substr(0, options));
    requirement.line = logical.line;
    for (const Option& option : options_in(std::string_view(line).substr(options))) {
      take_option(option, file, requirement);
    }
    if (!requirement.text.empty()) {
      file.requirements.push_back(std::move(requirement));
    }
  }
  return file;
}

RequirementsFile read_requirements(const std::string& path) {
  RequirementsReader reader;
  reader.add(path);
  return std::move(reader).all();
}

bool names_local_path(std::string_view requirement) {
  const auto known = DependencySpecifier::try_parse(requirement);
  const std::string_view place = known ? std::string_view(known->url) : requirement;
  return place.starts_with("file:") ||
         (!known && !is_http_url(place) && place.find("://") == std::string_view::npos);
}

}  // namespace pel
