// Answers questions about names, versions, specifiers, markers, requirements, tags and locks, one a
// line, so that pytest can compare the answers with those of the `packaging` project. Fields of a
// line are separated by tabs; in a field "\t", "\n" and "\\" stand for the characters that they
// name.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lock/dependency_specifier.hpp"
#include "lock/interpreter_facts.hpp"
#include "lock/lockfile.hpp"
#include "lock/marker.hpp"
#include "lock/package_name.hpp"
#include "lock/selection.hpp"
#include "lock/specifier.hpp"
#include "lock/tag.hpp"
#include "lock/version.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"

namespace {

using Fields = std::vector<std::string>;

Fields split_fields(std::string_view line) {
  Fields fields(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') {
      fields.emplace_back();
    } else if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      fields.back() += line[i] == 't' ? '\t' : line[i] == 'n' ? '\n' : line[i];
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

std::vector<std::string> split_words(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// "key=value" fields from `first` on.
std::map<std::string, std::string> pairs(const Fields& fields, std::size_t first) {
  std::map<std::string, std::string> result;
  for (std::size_t i = first; i < fields.size(); ++i) {
    const std::size_t equals = fields[i].find('=');
    result[fields[i].substr(0, equals)] = fields[i].substr(equals + 1);
  }
  return result;
}

std::string text_of(bool value) {
  return value ? "true" : "false";
}

std::string compare(const Fields& fields) {
  const auto a = pel::Version::parse(fields.at(1));
  const auto b = pel::Version::parse(fields.at(2));
  if (!a || !b) {
    return "invalid";
  }
  return *a < *b ? "-1" : *a > *b ? "1" : "0";
}

std::string describe_version(const Fields& fields) {
  const auto version = pel::Version::parse(fields.at(1));
  if (!version) {
    return "invalid";
  }
  return version->text() + " " + text_of(version->is_prerelease()) + " " +
         text_of(version->is_postrelease()) + " " + text_of(version->is_devrelease()) + " " +
         text_of(version->has_local()) + " " + std::to_string(version->release_size());
}

// specifier, candidate, "none" | "true" | "false", "text" | "version"
std::string specifier(const Fields& fields) {
  const auto set = pel::SpecifierSet::parse(fields.at(1));
  std::optional<bool> prereleases;
  if (fields.at(3) != "none") {
    prereleases = fields.at(3) == "true";
  }
  if (fields.at(4) == "text") {
    return text_of(set.contains(fields.at(2), prereleases));
  }
  const auto version = pel::Version::parse(fields.at(2));
  return version ? text_of(set.contains(*version, prereleases)) : "no version";
}

// marker, then variables; "extras" and "dependency_groups" are lists separated by commas
std::string marker(const Fields& fields) {
  std::optional<pel::Marker> parsed;
  try {
    parsed = pel::Marker::parse(fields.at(1));
  } catch (const pel::Error&) {
    return "invalid";
  }
  auto variables = pairs(fields, 2);
  pel::MarkerContext context;
  for (const std::string& extra : split_words(variables["extras"], ',')) {
    context.extras.insert(pel::normalize_name(extra));
  }
  for (const std::string& group : split_words(variables["dependency_groups"], ',')) {
    context.dependency_groups.insert(pel::normalize_name(group));
  }
  variables.erase("extras");
  variables.erase("dependency_groups");
  context.variables = &variables;
  // What text() writes must mean the same.
  const pel::Marker again = pel::Marker::parse(parsed->text());
  if (again.text() != parsed->text()) {
    return "no round trip";
  }
  try {
    const bool value = parsed->evaluate(context);
    return again.evaluate(context) == value ? text_of(value) : "differs after a round trip";
  } catch (const pel::Error&) {
    return "undefined";
  }
}

int number(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Facts as pairs; "markers." goes before the variables of markers.
pel::InterpreterFacts facts_of(const Fields& fields, std::size_t first) {
  pel::InterpreterFacts facts;
  for (const auto& [key, value] : pairs(fields, first)) {
    if (key.starts_with("markers.")) {
      facts.markers[key.substr(std::string_view("markers.").size())] = value;
    }
  }
  auto values = pairs(fields, first);
  facts.implementation = values["implementation"];
  facts.major = number(values["major"]);
  facts.minor = number(values["minor"]);
  facts.full_version = facts.markers["python_full_version"];
  facts.platform = values["platform"];
  facts.glibc_version = values["glibc_version"];
  facts.musl_version = values["musl_version"];
  facts.soabi = values["soabi"];
  facts.gil_disabled = values["gil_disabled"] == "1";
  facts.debug_build = values["debug_build"] == "1";
  facts.pointer_bits = number(values["pointer_bits"]);
  return facts;
}

std::string join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += (joined.empty() ? "" : " ") + word;
  }
  return joined;
}

std::string tag_list(const std::vector<pel::Tag>& tags) {
  std::vector<std::string> words;
  words.reserve(tags.size());
  for (const pel::Tag& tag : tags) {
    words.push_back(tag.text());
  }
  return join(words);
}

std::string tag_set(std::string_view python, std::string_view abi, std::string_view platform) {
  auto tags = pel::parse_tag_set(python, abi, platform);
  std::ranges::sort(tags);
  const auto repeated = std::ranges::unique(tags);
  tags.erase(repeated.begin(), repeated.end());
  return tag_list(tags);
}

// What a wheel's name says, or "invalid".
std::string wheel_name(const Fields& fields) {
  const auto name = pel::WheelFileName::parse(fields.at(1));
  const auto version = name ? pel::Version::parse(name->version_text) : std::nullopt;
  const std::string tags = name ? tag_set(name->python, name->abi, name->platform) : std::string();
  if (!version || tags.empty()) {
    return "invalid";
  }
  return join({pel::normalize_name(name->distribution), version->text(),
               "build=" + std::string(name->build), tags});
}

// Name, extras, specifier, URL and marker of a requirement, joined by '|'; or "invalid".
std::string requirement(const Fields& fields) {
  const auto parsed = pel::DependencySpecifier::try_parse(fields.at(1));
  if (!parsed) {
    return "invalid";
  }
  auto extras = parsed->extras;
  std::ranges::sort(extras);
  const auto repeated = std::ranges::unique(extras);
  extras.erase(repeated.begin(), repeated.end());
  std::vector<std::string> clauses;
  for (const pel::Specifier& clause : parsed->versions.specifiers()) {
    clauses.push_back(clause.text());
  }
  std::ranges::sort(clauses);
  return parsed->normalized_name + "|" + join(extras) + "|" + join(clauses) + "|" + parsed->url +
         "|" + text_of(parsed->marker.has_value());
}

pel::Lock read_lock(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return pel::parse_lock(text, path);
}

// path of a lock
std::string lock(const Fields& fields) {
  static_cast<void>(read_lock(fields.at(1)));
  return "ok";
}

std::string describe(const pel::LockedSource& source) {
  if (const auto* const sdist = std::get_if<pel::LockedSdist>(&source)) {
    return "sdist:" + sdist->file.file_name;
  }
  if (const auto* const archive = std::get_if<pel::LockedArchive>(&source)) {
    return "archive:" + archive->file.file_name;
  }
  return std::holds_alternative<pel::LockedDirectory>(source) ? "directory" : "vcs";
}

// path of a lock, extras, groups, "default" | "only", facts
std::string select(const Fields& fields) {
  const pel::Lock lock = read_lock(fields.at(1));
  pel::SelectionRequest request;
  request.extras = split_words(fields.at(2), ',');
  request.groups = split_words(fields.at(3), ',');
  request.default_groups = fields.at(4) == "default";
  const pel::Selection selection = pel::select_wheels(lock, facts_of(fields, 5), request);
  std::vector<std::string> words;
  words.reserve(selection.wheels.size());
  for (const pel::SelectedWheel& selected : selection.wheels) {
    words.push_back(selected.source ? describe(*selected.source) : selected.wheel.file_name);
  }
  return join(words);
}

std::string answer(const Fields& fields) {
  const std::map<std::string, std::function<std::string(const Fields&)>> commands{
      {"name", [](const Fields& f) { return pel::normalize_name(f.at(1)); }},
      {"valid_name", [](const Fields& f) { return text_of(pel::is_valid_name(f.at(1))); }},
      {"version", describe_version},
      {"compare", compare},
      {"specifier", specifier},
      {"marker", marker},
      {"tags", [](const Fields& f) { return tag_list(pel::supported_tags(facts_of(f, 1))); }},
      {"tag_set", [](const Fields& f) { return tag_set(f.at(1), f.at(2), f.at(3)); }},
      {"lock", lock},
      {"select", select},
      {"wheel_name", wheel_name},
      {"requirement", requirement},
  };
  try {
    return commands.at(fields.at(0))(fields);
  } catch (const pel::Error& error) {
    return "error: " + error.message();
  }
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer(split_fields(line)) << '\n';
  }
  std::cout.flush();
  return std::cout ? 0 : 1;
}
