#include "store/wheel/install_scheme.hpp"

#include <algorithm>
#include <cstddef>

#include "lock/package_name.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/index_format.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

using index_format::kFileName;
using index_format::kSitePackages;

constexpr std::size_t kLongestComponent = 255;  // NAME_MAX
constexpr std::size_t kLongestPath = 1000;      // leaves room for a store's own path in PATH_MAX
constexpr std::string_view kDataSuffix = ".data";
constexpr std::string_view kBin = "bin/";
constexpr std::string_view kConfiguration = "pyvenv.cfg";
constexpr std::string_view kOurStartFiles = "!pyenvlaunch.";   // in site-packages
constexpr std::string_view kOurHiddenFiles = ".pyenvlaunch.";  // the same

std::optional<std::string_view> fault_of_component(std::string_view component) noexcept {
  if (component.empty()) {
    return "its path has an empty component";
  }
  if (component == "..") {
    return "its path has '..'";
  }
  if (component == ".") {
    return "its path has '.'";
  }
  if (component.size() > kLongestComponent) {
    return "its path has a component longer than 255 bytes";
  }
  return std::nullopt;
}

// Splits at the first '/', which belongs to neither half.
std::string_view take_component(std::string_view& rest) noexcept {
  const std::size_t slash = rest.find('/');
  const std::string_view component = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return component;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// "python3.11": where an installer's site-packages lies below lib/ (or lib64/, which is the same
// directory in a virtual environment).
bool is_versioned_python(std::string_view name) noexcept {
  constexpr std::string_view kPython = "python";
  if (!name.starts_with(kPython)) {
    return false;
  }
  const std::string_view version = name.substr(kPython.size());
  const std::size_t dot = version.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < version.size() &&
         std::ranges::all_of(version.substr(0, dot), is_digit) &&
         std::ranges::all_of(version.substr(dot + 1), is_digit);
}

std::string below_site_packages(std::string_view rest) {
  return rest.empty() ? concat(kSitePackages, "/") : concat(kSitePackages, "/", rest);
}

}  // namespace

std::optional<std::string_view> fault_of_path(std::string_view name) noexcept {
  if (name.starts_with('/')) {
    return "its path is absolute";
  }
  if (name.find('\\') != std::string_view::npos) {
    return "its path has a backslash";
  }
  if (has_control_character(name)) {
    return "its path has a control character";
  }
  if (name.size() > kLongestPath) {
    return "its path is longer than 1000 bytes";
  }
  std::string_view rest = name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  if (rest.ends_with('/') || rest.empty()) {
    return "its path has an empty component";
  }
  while (!rest.empty()) {
    if (const auto fault = fault_of_component(take_component(rest))) {
      return fault;
    }
  }
  return std::nullopt;
}

bool is_reserved_script(std::string_view name) noexcept {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  });
  constexpr std::string_view kPython = "python";
  if (!lower.starts_with(kPython)) {
    return lower == kConfiguration;
  }
  std::string_view version = std::string_view(lower).substr(kPython.size());
  if (version.empty() || version == "w") {
    return true;
  }
  if (version.ends_with('t')) {
    version.remove_suffix(1);
  }
  return !version.empty() && is_digit(version.front()) &&
         std::ranges::all_of(version, [](char c) { return is_digit(c) || c == '.'; });
}

InstallScheme::InstallScheme(const WheelName& wheel, std::string_view dist_info,
                             const Refusal& refusal)
    : stem_(dist_info.substr(0, dist_info.rfind('.'))),
      normalized_stem_(normalize_name(stem_)),
      normalized_name_(normalize_name(wheel.distribution())),
      refusal_(&refusal) {}

bool InstallScheme::is_data_directory(std::string_view name) const {
  if (!name.ends_with(kDataSuffix)) {
    return false;
  }
  const std::string_view stem = name.substr(0, name.size() - kDataSuffix.size());
  return stem == stem_ || normalize_name(stem) == normalized_stem_;
}

InstalledPath InstallScheme::place(std::string_view member) const {
  std::string_view rest = member;
  if (!is_data_directory(take_component(rest)) || member.find('/') == std::string_view::npos) {
    return {.path = in_site_packages(member, member)};
  }
  const bool is_directory = member.ends_with('/');
  if (rest.empty()) {
    return {};  // the .data directory itself
  }
  const bool is_key_only = rest.find('/') == std::string_view::npos;
  const std::string_view key = take_component(rest);
  const auto known = {"purelib", "platlib", "scripts", "headers", "data"};
  if (std::ranges::find(known, key) == known.end() || (is_key_only && !is_directory)) {
    refusal_->broken(member, concat("there is no place for ", quote(key), " in .data"));
  }
  if (rest.empty()) {
    return {};  // "foo.data/scripts/"
  }
  if (key == "purelib" || key == "platlib") {
    return {.path = in_site_packages(member, rest)};
  }
  if (key == "headers") {
    return {.path = concat("include/site/python3/", normalized_name_, "/", rest)};
  }
  if (key == "data") {
    return {.path = place_data(member, rest)};
  }
  if (rest.find('/') != std::string_view::npos) {
    refusal_->broken(member, "a script lies in a directory of its own");
  }
  check_program(member, rest);
  return {.path = concat(kBin, rest), .is_script = true};
}

std::string InstallScheme::in_site_packages(std::string_view member, std::string_view rest) const {
  if (rest.starts_with(kOurStartFiles) || rest.starts_with(kOurHiddenFiles)) {
    refusal_->broken(member, "its place is reserved");
  }
  return below_site_packages(rest);
}

std::string InstallScheme::place_data(std::string_view member, std::string_view rest) const {
  std::string_view below = rest;
  const std::string_view lib = take_component(below);
  const std::string_view python = take_component(below);
  const std::string_view site_packages = take_component(below);
  if ((lib == "lib" || lib == "lib64") && is_versioned_python(python) &&
      site_packages == "site-packages") {
    if (below.empty() && !rest.ends_with('/')) {
      refusal_->broken(member, "it is a file where a directory is needed");
    }
    return in_site_packages(member, below);
  }
  // Under these names something of ours would lie, or seem to lie.
  if (lib == kFileName || lib == kConfiguration || lib.starts_with("pyenvlaunch.") ||
      (lib == "lib" && python == "python3")) {
    refusal_->broken(member, "its place is reserved");
  }
  if (rest.starts_with(kBin)) {
    check_program(member, rest.substr(kBin.size()));
  }
  // Directories of every environment.
  const bool is_bin_or_lib = rest == "bin" || rest == "lib" || rest == "lib64";
  const bool is_library = (lib == "lib" || lib == "lib64") && is_versioned_python(python) &&
                          rest.size() == lib.size() + 1 + python.size();
  if (is_bin_or_lib || is_library) {
    refusal_->broken(member, "it is a file where a directory is needed");
  }
  return std::string(rest);
}

void InstallScheme::check_program(std::string_view member, std::string_view path) const {
  if (is_reserved_script(path)) {
    refusal_->broken(member, concat("the script name ", quote(path), " is reserved"));
  }
}

std::string record_path(std::string_view tree_path) {
  std::string up;
  for (std::string_view directory = kSitePackages; !directory.empty(); up += "../") {
    if (tree_path.size() > directory.size() && tree_path.starts_with(directory) &&
        tree_path[directory.size()] == '/') {
      return concat(up, tree_path.substr(directory.size() + 1));
    }
    const std::size_t slash = directory.rfind('/');
    directory = directory.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return concat(up, tree_path);
}

}  // namespace pel
