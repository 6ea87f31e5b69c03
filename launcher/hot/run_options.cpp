#include "launcher/hot/run_options.hpp"

#include "launcher/hot/own_options.hpp"

namespace pel {
namespace {

// Reads "--name VALUE" and "--name=VALUE"; `used` is the number of words that it took.
bool take_value(std::span<char* const> words, std::string_view name, std::string_view& value,
                std::size_t& used) {
  const std::string_view word = words[0];
  if (word == name) {
    if (words.size() < 2) {
      return false;
    }
    value = words[1];
    used = 2;
    return true;
  }
  if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=') {
    value = word.substr(name.size() + 1);
    used = 1;
    return true;
  }
  return false;
}

// The number of words that an option took; 0 when it is none of those known here.
std::size_t take_option(std::span<char* const> words, RunOptions& options) {
  const std::string_view word = words[0];
  if (word == "--no-default-groups") {
    options.default_groups = false;
    return 1;
  }
  if (word == "-v" || word == "--verbose") {
    options.verbose = true;
    return 1;
  }
  if (word == "--offline") {
    return 1;  // only a miss asks for it
  }
  std::string_view value;
  std::size_t used = 0;
  if (take_value(words, "--python", value, used)) {
    options.python = value;
  } else if (take_value(words, "--extra", value, used)) {
    options.extras.emplace_back(value);
  } else if (take_value(words, "--group", value, used)) {
    options.groups.emplace_back(value);
  } else {
    take_value(words, "--find-links", value, used);
  }
  return value.empty() ? 0 : used;  // the manager says what is wrong with an empty one
}

// Takes all options in front, and moves `words` behind them. False for one that is not known here.
bool take_options(std::span<char* const>& words, RunOptions& options) {
  while (!words.empty() && words[0][0] == '-' && options.script.empty()) {
    std::string_view script;
    std::size_t used = 0;
    if (take_value(words, "--script", script, used)) {
      options.script = script;
      words = words.subspan(used);
      return !script.empty();
    }
    used = take_option(words, options);
    if (used == 0) {
      return false;
    }
    for (std::size_t i = 0; i < used; ++i) {
      options.option_words.emplace_back(words[i]);
    }
    words = words.subspan(used);
  }
  return true;
}

}  // namespace

std::optional<RunOptions> parse_run_options(std::span<char* const> words) {
  RunOptions options;
  if (!take_options(words, options)) {
    return std::nullopt;
  }
  if (!options.script.empty()) {
    options.command = words;
    return options;
  }
  if (words.empty() || words[0][0] == '\0') {
    return std::nullopt;
  }
  options.lock = words[0];
  words = words.subspan(1);
  if (!words.empty() && std::string_view(words[0]) == "--") {
    words = words.subspan(1);
  }
  if (words.empty() || is_own_option(words[0])) {
    return std::nullopt;
  }
  options.command = words;
  return options;
}

std::optional<RunOptions> parse_script_call(std::span<char* const> words) {
  RunOptions options;
  if (!take_options(words, options) || !options.script.empty() || words.empty() ||
      words[0][0] == '\0') {
    return std::nullopt;
  }
  options.script = words[0];
  options.command = words.subspan(1);
  return options;
}

}  // namespace pel
