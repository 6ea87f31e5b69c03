#include "store/interpreter/interpreter_spec.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"
#include "store/interpreter/base_executable.hpp"

namespace pel {
namespace {

constexpr std::string_view kHint =
    "name a path, a command such as python3.12, a version such as 3.12, or a set of versions such "
    "as '>=3.11,<3.13'";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ') || text.ends_with('\t') || text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  return text;
}

[[noreturn]] void throw_senseless(std::string_view text, std::string_view reason) {
  throw Error(ErrorCode::usage, concat("cannot find an interpreter for '", text, "': ", reason))
      .with_hint(std::string(kHint));
}

// "3", "3.12", "3.12.1", "3.14.0rc1", each with an optional "t": what is meant by it.
bool read_version(std::string_view text, InterpreterSpec& spec) {
  if (text.ends_with("+freethreaded")) {
    text.remove_suffix(std::string_view("+freethreaded").size());
    spec.free_threaded = true;
  } else if (text.ends_with('t')) {
    text.remove_suffix(1);
    spec.free_threaded = true;
  }
  const auto version = text.empty() || !is_digit(text[0]) ? std::nullopt : Version::parse(text);
  if (!version || version->has_local()) {
    return false;
  }
  spec.names_prerelease = version->is_prerelease();
  const bool whole = version->release_size() >= 3 || version->is_prerelease();
  spec.versions = SpecifierSet::parse(concat("==", text, whole ? "" : ".*"));
  return true;
}

// "cpython3.12", "cpython@3.12", "cpython-3.12.1-linux-x86_64-gnu" -> the version; "python3.12" of
// a command likewise. Nothing if `text` does not begin with `name`.
std::optional<std::string_view> version_behind(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) {
    return std::nullopt;
  }
  text.remove_prefix(name.size());
  if (text.starts_with('@') || text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return text.substr(0, text.find('-'));
}

// The absolute path if the text is one, or names an environment below `directory`.
std::optional<std::string> read_path(std::string_view text, const std::string& directory) {
  if (text == "~" || text.starts_with("~/")) {
    const std::string home = user_home();
    if (home.empty()) {
      throw Error(ErrorCode::usage,
                  concat("cannot use interpreter '", text, "': HOME is no absolute path"))
          .with_hint("write the whole path");
    }
    return home + std::string(text.substr(1));
  }
  if (text.starts_with('/')) {
    return std::string(text);
  }
  std::string joined = concat(directory, "/", text);
  if (text.find('/') != std::string_view::npos || text == "." || text == "..") {
    return joined;
  }
  struct stat status{};
  if (::stat(joined.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
      interpreter_in_directory(joined)) {
    return joined;
  }
  return std::nullopt;
}

bool mentions_prerelease(const SpecifierSet& set) {
  return std::ranges::any_of(set.specifiers(), [](const Specifier& specifier) {
    const std::string text = specifier.text();
    const auto version = Version::parse(
        std::string_view(text).substr(std::min(text.find_first_not_of("<>=!~ "), text.size())));
    return version && version->is_prerelease();
  });
}

}  // namespace

InterpreterSpec InterpreterSpec::parse(std::string_view given, const std::string& directory) {
  const std::string_view text = trim(given);
  InterpreterSpec spec;
  spec.text = text;
  if (text.empty() || text == "any" || text == "cpython") {
    return spec;
  }
  if (text.find('\0') != std::string_view::npos) {
    throw_senseless(text, "it holds a null byte");
  }
  if (std::string_view("<>=!~").find(text[0]) != std::string_view::npos &&
      !text.starts_with("~/") && text != "~") {
    spec.kind = Kind::versions;
    try {
      spec.versions = SpecifierSet::parse(text);
    } catch (const Error& error) {
      throw_senseless(text, error.message());
    }
    spec.names_prerelease = mentions_prerelease(*spec.versions);
    return spec;
  }
  spec.kind = Kind::versions;
  if (is_digit(text[0]) && read_version(text, spec)) {
    return spec;
  }
  if (const auto version = version_behind(text, "cpython"); version && !version->empty()) {
    if (read_version(*version, spec)) {
      return spec;
    }
  }
  for (const std::string_view other : {"pypy", "graalpy", "jython"}) {
    if (text.starts_with(other) && text.find('/') == std::string_view::npos) {
      throw_senseless(text, "only CPython can run an environment");
    }
  }
  if (auto path = read_path(text, directory)) {
    spec.kind = Kind::path;
    spec.path = std::move(*path);
    return spec;
  }
  spec.kind = Kind::command;
  if (const auto version = version_behind(text, "python"); version && !version->empty()) {
    read_version(*version, spec);
  }
  return spec;
}

std::optional<Version> version_of(const InterpreterFacts& facts) {
  std::string_view text = facts.full_version;
  if (text.ends_with('+')) {
    text.remove_suffix(1);
  }
  return Version::parse(text);
}

}  // namespace pel
