#include <algorithm>
#include <map>
#include <set>

#include "frontend/foreign_lock.hpp"
#include "frontend/foreign_toml.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/python_range.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

constexpr std::string_view kDefault = "default";

void set_source(ForeignPackage& foreign, TomlNode entry, const LockFolders& folders) {
  const auto editable = entry.find("editable");
  if (const std::string url = toml_text(entry, "git"); !url.empty()) {
    set_vcs(foreign.package, url, toml_text(entry, "ref"), toml_text(entry, "revision"),
            toml_text(entry, "subdirectory"));
  } else if (const std::string path = toml_text(entry, "path"); !path.empty()) {
    if (!foreign.files.empty()) {
      foreign.files.front().path = moved_path(path, folders);
      return;
    }
    set_directory(foreign.package, path,
                  editable && editable->kind() == TomlNode::Kind::boolean && editable->boolean(),
                  folders);
    foreign.package.version.clear();
  } else if (const std::string place = toml_text(entry, "url"); !place.empty()) {
    for (DraftFile& file : foreign.files) {
      file.url = without_credentials(place);
    }
  }
  if (!foreign.package.source_key.empty()) {
    foreign.files.clear();
  }
}

}  // namespace

ForeignLock read_pdm_lock(std::string_view text, std::string_view path, const LockFolders& folders,
                          const std::vector<std::string>& extras) {
  const TomlDocument document = TomlDocument::parse(text, concat("lock ", path));
  const TomlNode root = document.root();
  const auto metadata = root.find("metadata");
  if (!metadata || metadata->kind() != TomlNode::Kind::table ||
      toml_text(*metadata, "lock_version").empty()) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no lock of PDM"))
        .with_hint(kNoSuchLock);
  }
  ForeignLock lock;
  std::vector<LockTarget> targets;
  for (const TomlNode target : toml_tables(*metadata, "targets")) {
    targets.push_back({.python = plain_versions(toml_text(target, "requires_python")),
                       .platform = toml_text(target, "platform"),
                       .implementation = toml_text(target, "implementation")});
  }
  set_targets(lock.head, targets);
  std::set<std::string> group_names;
  std::set<std::string> extra_names;
  // A package with extras has an entry of its own beside that without: they are one package.
  std::map<std::pair<std::string, std::string>, std::vector<GroupCondition>> conditions;
  std::vector<const std::vector<GroupCondition>*> conditions_of;  // of each package below
  for (const TomlNode entry : toml_tables(root, "package")) {
    ForeignPackage foreign;
    foreign.package.name = normalize_name(toml_text(entry, "name"));
    foreign.package.version = toml_text(entry, "version");
    foreign.package.requires_python = plain_versions(toml_text(entry, "requires_python"));
    foreign.files = toml_files(entry);
    const std::vector<std::string> groups = toml_texts(entry, "groups");
    if (groups.empty()) {
      throw Error(ErrorCode::incompatible,
                  concat("cannot convert ", path, ": it does not say which group needs ",
                         foreign.package.name))
          .with_hint("write it again with: pdm lock -S inherit_metadata");
    }
    auto& known = conditions[{foreign.package.name, foreign.package.version}];
    const bool is_new = known.empty();
    for (const std::string& group : groups) {
      const std::string name = group == kDefault ? "" : normalize_name(group);
      const bool is_extra = std::ranges::find(extras, name) != extras.end();
      known.push_back({name, toml_text(entry, "marker"), is_extra});
      if (!name.empty()) {
        (is_extra ? extra_names : group_names).insert(name);
      }
    }
    if (!is_new) {
      continue;
    }
    conditions_of.push_back(&known);
    set_source(foreign, entry, folders);
    if (foreign.files.empty() && foreign.package.source_key.empty()) {
      lock.problems.push_back(concat(describe(foreign.package), ": the lock has no files of it"));
    }
    lock.packages.push_back(std::move(foreign));
  }
  for (std::size_t i = 0; i < lock.packages.size(); ++i) {
    lock.packages[i].package.marker = marker_of_groups(*conditions_of[i]);
  }
  lock.head.groups.assign(group_names.begin(), group_names.end());
  lock.head.extras.assign(extra_names.begin(), extra_names.end());
  return lock;
}

}  // namespace pel
