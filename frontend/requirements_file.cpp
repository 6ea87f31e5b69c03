#include "frontend/requirements_file.hpp"

#include <algorithm>
#include <optional>

#include "lock/characters.hpp"

namespace pel {
namespace {

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

// The value of an option at the start of `line`, in one of its spellings: "--x=v", "--x v", "-xv".
std::optional<std::string> option_value(std::string_view line, std::string_view long_name,
                                        std::string_view short_name) {
  for (const std::string_view name : {long_name, short_name}) {
    if (name.empty() || !line.starts_with(name)) {
      continue;
    }
    std::string_view rest = line.substr(name.size());
    const bool is_short = !name.starts_with("--");
    if (rest.empty() || (!is_short && rest.front() != '=' && !is_space(rest.front()))) {
      continue;
    }
    if (rest.front() == '=') {
      rest.remove_prefix(1);
    }
    return std::string(trim(rest));
  }
  return std::nullopt;
}

bool take_file_option(std::string_view line, RequirementsFile& file) {
  if (auto value = option_value(line, "--requirement", "-r")) {
    file.requirement_files.push_back(std::move(*value));
  } else if (auto constraint = option_value(line, "--constraint", "-c")) {
    file.constraint_files.push_back(std::move(*constraint));
  } else if (auto index = option_value(line, "--index-url", "-i")) {
    file.index_url = std::move(*index);
  } else if (auto extra = option_value(line, "--extra-index-url", "")) {
    file.extra_index_urls.push_back(std::move(*extra));
  } else if (auto links = option_value(line, "--find-links", "-f")) {
    file.find_links.push_back(std::move(*links));
  } else {
    return false;
  }
  return true;
}

// "sha256:0123" behind "--hash=" or "--hash ".
void take_hashes(std::string_view options, RequirementLine& line) {
  constexpr std::string_view kHash = "--hash";
  for (std::size_t at = options.find(kHash); at != std::string_view::npos;
       at = options.find(kHash)) {
    options.remove_prefix(at + kHash.size());
    options.remove_prefix(std::min(options.find_first_not_of("= \t"), options.size()));
    const std::size_t end = std::min(options.find_first_of(" \t"), options.size());
    const std::string_view value = options.substr(0, end);
    const std::size_t colon = value.find(':');
    if (colon != std::string_view::npos) {
      line.hashes.emplace_back(value.substr(0, colon), lowered(value.substr(colon + 1)));
    }
  }
}

}  // namespace

RequirementsFile parse_requirements_file(std::string_view text) {
  RequirementsFile file;
  for (const LogicalLine& logical : logical_lines(text)) {
    const std::string_view line = trim(logical.text);
    if (line.empty() || take_file_option(line, file)) {
      continue;
    }
    RequirementLine requirement{.text = {}, .hashes = {}, .editable = false, .line = logical.line};
    std::string_view rest = line;
    if (auto editable = option_value(line, "--editable", "-e")) {
      requirement.editable = true;
      rest = line.substr(line.size() - editable->size());
    } else if (line.starts_with('-')) {
      continue;
    }
    const std::size_t options = std::min(rest.find(" --"), rest.size());
    requirement.text = trim(rest.substr(0, options));
    take_hashes(rest.substr(options), requirement);
    file.requirements.push_back(std::move(requirement));
  }
  return file;
}

}  // namespace pel
