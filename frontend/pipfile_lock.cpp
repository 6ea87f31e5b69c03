#include <map>
#include <nlohmann/json.hpp>

#include "frontend/foreign_lock.hpp"
#include "frontend/foreign_toml.hpp"
#include "frontend/lock_text.hpp"
#include "lock/characters.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kDevelop = "develop";

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
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
  const std::string url = text_of(entry, "file");
  for (const Json& hash : entry.value("hashes", Json::array())) {
    const std::string text = hash.is_string() ? hash.get<std::string>() : "";
    if (const std::size_t colon = text.find(':'); colon != std::string::npos) {
      DraftFile file;
      file.url = without_credentials(url);
      file.name = url.substr(url.rfind('/') + 1);
      file.hashes.emplace_back(text.substr(0, colon), lowered(text.substr(colon + 1)));
      foreign.files.push_back(std::move(file));
    }
  }
  if (foreign.files.empty()) {
    problems.push_back(concat(describe(foreign.package), ": the lock has no hash of it"));
  }
  return foreign;
}

}  // namespace

ForeignLock read_pipfile_lock(std::string_view text, std::string_view path,
                              const LockFolders& folders) {
  const Json root = Json::parse(text, nullptr, false);
  if (!root.is_object() || !root.contains("_meta") || !root["_meta"].is_object()) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no Pipfile.lock"));
  }
  ForeignLock lock;
  std::map<std::string, std::vector<GroupCondition>> conditions;
  try {
    const Json& meta = root["_meta"];
    const std::string minor = text_of(meta.value("requires", Json::object()), "python_version");
    lock.head.requires_python = minor.empty() ? "" : concat("==", minor, ".*");
    for (const Json& source : meta.value("sources", Json::array())) {
      lock.indexes.push_back(text_of(source, "url"));
    }
    for (const std::string_view section : {std::string_view("default"), kDevelop}) {
      const Json entries = root.value(std::string(section), Json::object());
      for (const auto& [name, entry] : entries.items()) {
        auto& known = conditions[normalize_name(name)];
        if (known.empty()) {
          lock.packages.push_back(read_package(name, entry, folders, lock.problems));
        }
        known.push_back(
            {section == kDevelop ? std::string(kDevelop) : "", text_of(entry, "markers")});
        if (section == kDevelop && lock.head.groups.empty()) {
          lock.head.groups.emplace_back(kDevelop);
        }
      }
    }
  } catch (const Json::exception&) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no Pipfile.lock"));
  }
  for (ForeignPackage& foreign : lock.packages) {
    foreign.package.marker = marker_of_groups(conditions[foreign.package.name]);
  }
  return lock;
}

}  // namespace pel
