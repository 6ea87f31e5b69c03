#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "frontend/foreign_lock.hpp"
#include "frontend/foreign_toml.hpp"
#include "frontend/lock_text.hpp"
#include "lock/characters.hpp"
#include "lock/marker.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMeta = "_meta";
constexpr std::string_view kDefault = "default";

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Replaces variables as os.path.expandvars does, which Pipenv calls. `unset` becomes the name of
// the last one that has no value.
std::string with_variables(std::string_view url, const VariableLookup& variable,
                           std::string& unset) {
  const auto is_name = [](char c) { return is_alphanumeric(c) || c == '_'; };
  std::string result;
  for (std::size_t at = url.find('$'); at != std::string_view::npos; at = url.find('$')) {
    const bool braced = url.substr(at + 1).starts_with('{');
    const std::size_t begin = at + (braced ? 2 : 1);
    std::size_t end = begin;
    while (end < url.size() && is_name(url[end])) {
      ++end;
    }
    const bool is_variable = end > begin && (!braced || url.substr(end).starts_with('}'));
    const std::string name(url.substr(begin, end - begin));
    const auto value = is_variable ? variable(name) : std::nullopt;
    if (is_variable && !value) {
      unset = name;
    }
    const std::size_t rest = is_variable ? end + (braced ? 1 : 0) : at + 1;
    result += url.substr(0, at);
    result += value ? *value : std::string(url.substr(at, rest - at));
    url.remove_prefix(rest);
  }
  return concat(result, url);
}

std::vector<std::string> sha256_of(const Json& entry) {
  constexpr std::string_view kSha256 = "sha256:";
  std::vector<std::string> hashes;
  for (const Json& hash : entry.value("hashes", Json::array())) {
    const std::string text = hash.is_string() ? hash.get<std::string>() : "";
    if (text.starts_with(kSha256)) {
      hashes.push_back(lowered(text.substr(kSha256.size())));
    }
  }
  return hashes;
}

std::string hash_of_file(const std::string& path, const LockFolders& folders) {
  return WheelFile(path.starts_with('/') ? path : concat(folders.from, "/", path)).sha256().hex();
}

// Whether a marker says that a package is for other systems only.
bool is_for_other_systems(const std::string& marker) {
  static const std::map<std::string, std::string> kSystem{
      {"os_name", "posix"}, {"sys_platform", "linux"}, {"platform_system", "Linux"}};
  MarkerContext context;
  context.variables = &kSystem;
  try {
    return !marker.empty() && !Marker::parse(marker).evaluate(context);
  } catch (const Error&) {
    return false;  // it asks for something else as well
  }
}

bool is_without_version(const Json& entry) {
  const std::string version = text_of(entry, "version");
  return (version.empty() || version == "*") && !entry.contains("hashes") &&
         !entry.contains("git") && !entry.contains("path") && !entry.contains("file");
}

// pipenv locks no version of a package that is for other systems than the one it runs on.
bool is_left_unlocked(const Json& entry) {
  return is_without_version(entry) && is_for_other_systems(text_of(entry, "markers"));
}

// What two categories that ask for one package have in common. Each is locked by itself, so that
// another may have another version of it.
std::string identity_of(const std::string& name, Json entry) {
  for (const char* const key : {"markers", "extras", "index"}) {
    entry.erase(key);
  }
  return concat(normalize_name(name), " ", entry.dump(-1, ' ', true));
}

ForeignPackage read_package(const std::string& name, const Json& entry, const LockFolders& folders,
                            std::vector<std::string>& problems) {
  ForeignPackage foreign;
  foreign.package.name = normalize_name(name);
  const std::string version = text_of(entry, "version");
  foreign.package.version = version.starts_with("==") ? version.substr(2) : "";
  if (const std::string git = text_of(entry, "git"); !git.empty()) {
    set_vcs(foreign.package, git, "", text_of(entry, "ref"), text_of(entry, "subdirectory"));
    return foreign;
  }
  if (const std::string path = text_of(entry, "path"); !path.empty()) {
    set_directory(foreign.package, path, entry.value("editable", false), folders);
    foreign.package.version.clear();
    return foreign;
  }
  const std::string place = text_of(entry, "file");
  std::vector<std::string> hashes = sha256_of(entry);
  const bool is_url = place.find("://") != std::string::npos;
  if (!place.empty() && !is_url && hashes.size() > 1) {
    hashes = {hash_of_file(place, folders)};  // the others are of files in an index
  } else if (!place.empty() && hashes.size() > 1) {
    problems.push_back(concat(foreign.package.name, ": the lock has several hashes of one file, ",
                              without_credentials(place)));
    return foreign;
  }
  for (const std::string& hash : hashes) {
    DraftFile file;
    if (is_url) {
      file.url = without_credentials(place);
    } else if (!place.empty()) {
      file.path = moved_path(place, folders);
    }
    file.name = name_of(place);
    file.hashes.emplace_back("sha256", hash);
    foreign.files.push_back(std::move(file));
  }
  if (foreign.files.empty()) {
    problems.push_back(concat(describe(foreign.package), ": the lock has no ",
                              is_without_version(entry) ? "version" : "hash", " of it"));
  }
  return foreign;
}

}  // namespace

ForeignLock read_pipfile_lock(std::string_view text, std::string_view path,
                              const LockFolders& folders, const VariableLookup& variable) {
  const Json root = Json::parse(text, nullptr, false);
  if (!root.is_object() || !root.contains("_meta") || !root["_meta"].is_object()) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no Pipfile.lock"))
        .with_hint(kNoSuchLock);
  }
  ForeignLock lock;
  std::map<std::string, std::vector<GroupCondition>> conditions;
  std::vector<const std::vector<GroupCondition>*> conditions_of;  // of each package below
  try {
    const Json& meta = root["_meta"];
    const Json wanted = meta.value("requires", Json::object());
    const std::string minor = text_of(wanted, "python_version");
    const std::string full = text_of(wanted, "python_full_version");
    lock.head.requires_python = !full.empty()    ? concat("==", full)
                                : !minor.empty() ? concat("==", minor, ".*")
                                                 : "";
    std::map<std::string, std::string> sources;
    for (const Json& source : meta.value("sources", Json::array())) {
      std::string unset;
      std::string url = with_variables(text_of(source, "url"), variable, unset);
      if (unset.empty()) {
        sources.emplace(text_of(source, "name"), url);
        lock.indexes.push_back(std::move(url));
      } else {
        lock.unset_variable = std::move(unset);
      }
    }
    for (const auto& [section, entries] : root.items()) {
      if (section == kMeta) {
        continue;
      }
      const std::string group = section == kDefault ? "" : normalize_name(section);
      for (const auto& [name, entry] : entries.items()) {
        if (is_left_unlocked(entry)) {
          continue;
        }
        auto& known = conditions[identity_of(name, entry)];
        if (known.empty()) {
          conditions_of.push_back(&known);
          lock.packages.push_back(read_package(name, entry, folders, lock.problems));
          if (const auto own = sources.find(text_of(entry, "index")); own != sources.end()) {
            lock.packages.back().package.index = own->second;
          }
        }
        if (is_without_version(entry)) {
          lock.hint =
              "where it is for other systems, say so by `markers` in the Pipfile, and lock "
              "again with Pipenv";
        }
        known.push_back({group, text_of(entry, "markers")});
        if (!group.empty() &&
            std::ranges::find(lock.head.groups, group) == lock.head.groups.end()) {
          lock.head.groups.push_back(group);
        }
      }
    }
  } catch (const Json::exception&) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no Pipfile.lock"))
        .with_hint(kNoSuchLock);
  }
  for (std::size_t i = 0; i < lock.packages.size(); ++i) {
    lock.packages[i].package.marker = marker_of_groups(*conditions_of[i]);
  }
  return lock;
}

}  // namespace pel
