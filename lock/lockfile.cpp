#include "lock/lockfile.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "lock/lock_table.hpp"
#include "lock/locked_package_reader.hpp"
#include "lock/package_name.hpp"
#include "lock/toml_document.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kLockMajor = 1;
constexpr std::string_view kNewestKnown = "1.0";

constexpr const char* kWhatLocksAre =
    "a lock is what `pyenvlaunch lock` writes (pylock.toml, PEP 751); "
    "`pyenvlaunch lock --from FILE -o LOCK` makes one out of another tool's";

// What is no lock at all is said to be none: a requirements file, another tool's lock.
TomlDocument parse_document(std::string_view text, std::string_view subject) {
  try {
    return TomlDocument::parse(text, subject);
  } catch (Error& error) {
    throw std::move(error).with_hint(kWhatLocksAre);
  }
}

// Returns a warning, or nothing.
std::string check_lock_version(const LockTable& root) {
  if (!root.has("lock-version")) {
    root.fail_missing("lock-version", kWhatLocksAre);
  }
  const std::string_view written = root.required_string("lock-version");
  const auto version = Version::parse(written);
  if (!version) {
    root.fail("lock-version", concat("is no version: ", quoted(written)));
  }
  const auto first = Version::parse(std::to_string(kLockMajor));
  if (version->release_number(0) != kLockMajor || *version < *first) {
    root.fail("lock-version", concat("is ", quoted(written), ", and this release reads version 1"),
              "write the lock again as version 1.0, or update pyenvlaunch",
              ErrorCode::incompatible);
  }
  if (*version <= *Version::parse(kNewestKnown)) {
    return {};
  }
  return concat("is ", quoted(written), ", and this release reads ", kNewestKnown,
                ": what is new in it is not looked at");
}

std::vector<std::string> read_names(const LockTable& root, std::string_view key) {
  std::vector<std::string> names;
  for (const std::string_view name : root.strings(key)) {
    if (!is_valid_name(name)) {
      root.fail(key, concat("holds what is no name: ", quoted(name)));
    }
    names.push_back(normalize_name(name));
  }
  return names;
}

std::vector<Marker> read_environments(const LockTable& root) {
  std::vector<Marker> environments;
  for (const std::string_view text : root.strings("environments")) {
    environments.push_back(root.reading("environments", [&] { return Marker::parse(text); }));
    for (const MarkerVariable variable :
         {MarkerVariable::extra, MarkerVariable::extras, MarkerVariable::dependency_groups}) {
      if (environments.back().mentions(variable)) {
        root.fail("environments", concat("asks for '", name_of(variable),
                                         "', which is for packages only: ", quoted(text)));
      }
    }
  }
  return environments;
}

bool is_dotted_name(std::string_view text) noexcept {
  // A dot, or the start, must be followed by the first character of a name.
  bool starts_name = true;
  for (const char c : text) {
    const bool letter = is_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    if (!letter && (starts_name || (!is_digit(c) && c != '.'))) {
      return false;
    }
    starts_name = c == '.';
  }
  return !starts_name;
}

// "package.module:function"; blanks around the colon are allowed, extras are not: a lock has none
// to choose for itself.
bool is_object_reference(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_dotted_name(trim(text.substr(0, colon))) &&
         is_dotted_name(trim(text.substr(colon + 1)));
}

bool is_script_name(std::string_view name) noexcept {
  return !name.empty() && name != "." && name != ".." && !name.starts_with('-') &&
         std::ranges::all_of(name, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '+';
         });
}

bool is_variable_name(std::string_view name) noexcept {
  return !name.empty() && !is_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

void read_scripts(const LockTable& table, Lock& lock) {
  const auto scripts = table.table("scripts");
  if (!scripts) {
    return;
  }
  for (const auto& [name, value] : scripts->all_strings()) {
    if (!is_script_name(name)) {
      scripts->fail(name, "is no name for a script");
    }
    if (!is_object_reference(value)) {
      scripts->fail(name, concat("is not of the form 'module:function': ", quoted(value)));
    }
    lock.scripts.push_back({std::string(name), std::string(value)});
  }
}

void read_env(const LockTable& table, Lock& lock) {
  const auto env = table.table("env");
  if (!env) {
    return;
  }
  for (const auto& [name, value] : env->all_strings()) {
    if (!is_variable_name(name)) {
      env->fail(name, "is no name for a variable");
    }
    if (value.find('\0') != std::string_view::npos) {
      env->fail(name, "has a NUL character");
    }
    lock.env.emplace_back(name, value);
  }
}

void read_own_table(const LockTable& root, Lock& lock) {
  const auto tool = root.table("tool");
  const auto own = tool ? tool->table("pyenvlaunch") : std::nullopt;
  if (!own) {
    return;
  }
  constexpr std::string_view kKeys[] = {"python", "scripts", "env", "source-paths"};
  own->allow_only(kKeys);
  lock.python = own->string("python").value_or("");
  read_scripts(*own, lock);
  read_env(*own, lock);
  for (const std::string_view path : own->strings("source-paths")) {
    lock.source_paths.push_back(resolve_path(*own, "source-paths", path, lock.directory));
  }
}

}  // namespace

Lock parse_lock(std::string_view text, std::string path) {
  Lock lock;
  lock.path = std::move(path);
  lock.directory = directory_of(lock.path);
  const std::string subject = concat("lock ", lock.path);
  const TomlDocument document = parse_document(text, subject);
  const LockTable root(subject, document.root());
  if (const std::string doubt = check_lock_version(root); !doubt.empty()) {
    lock.warnings.push_back(concat(subject, ": lock-version ", doubt));
  }
  static_cast<void>(root.required_string("created-by"));  // demanded, and of no use to us
  if (const auto requires_python = root.text("requires-python")) {
    lock.requires_python =
        root.reading("requires-python", [&] { return SpecifierSet::parse(*requires_python); });
  }
  lock.environments = read_environments(root);
  lock.extras = read_names(root, "extras");
  lock.dependency_groups = read_names(root, "dependency-groups");
  lock.default_groups = read_names(root, "default-groups");
  if (!root.has("packages")) {
    root.fail_missing("packages");
  }
  const std::vector<LockTable> packages = root.tables("packages");
  lock.packages.reserve(packages.size());
  for (const LockTable& package : packages) {
    lock.packages.push_back(read_package(package, lock.directory));
  }
  read_own_table(root, lock);
  return lock;
}

}  // namespace pel
