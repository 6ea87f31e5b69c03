#include <set>

#include "frontend/foreign_lock.hpp"
#include "frontend/foreign_toml.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/python_range.hpp"
#include "lock/package_name.hpp"
#include "lock/version.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

constexpr std::string_view kMain = "main";

// The marker for a group: `markers` is one for all groups, or a table of them.
std::string marker_for(TomlNode package, const std::string& group) {
  const auto markers = package.find("markers");
  if (!markers) {
    return {};
  }
  return extras_marker(markers->kind() == TomlNode::Kind::table ? toml_text(*markers, group)
                                                                : toml_text(package, "markers"));
}

void set_source(ForeignPackage& foreign, TomlNode source, const LockFolders& folders,
                bool develop) {
  const std::string type = toml_text(source, "type");
  const std::string url = toml_text(source, "url");
  if (type == "git") {
    set_vcs(foreign.package, url, toml_text(source, "reference"),
            toml_text(source, "resolved_reference"), toml_text(source, "subdirectory"));
  } else if (type == "directory") {
    set_directory(foreign.package, url, develop, folders);
    foreign.package.version.clear();
  } else if (type == "url" || type == "file") {
    for (DraftFile& file : foreign.files) {
      (type == "url" ? file.url : file.path) =
          type == "url" ? without_credentials(url) : moved_path(url, folders);
    }
  } else if (type == "legacy") {
    foreign.package.index = url;
  }
  if (!foreign.package.source_key.empty()) {
    foreign.files.clear();
  }
}

std::vector<LockTarget> targets_of(const std::string& versions, std::string_view path) {
  const auto ranges = python_ranges(versions);
  if (!ranges) {
    throw Error(ErrorCode::corrupt,
                concat("cannot convert ", path,
                       ": key 'python-versions' is no set of versions: ", quote(versions)))
        .with_hint(kNoSuchLock);
  }
  std::vector<LockTarget> targets;
  for (const std::string& range : *ranges) {
    targets.push_back({.python = range});
  }
  return targets;
}

}  // namespace

ForeignLock read_poetry_lock(std::string_view text, std::string_view path,
                             const LockFolders& folders) {
  const TomlDocument document = TomlDocument::parse(text, concat("lock ", path));
  const TomlNode root = document.root();
  const auto metadata = root.find("metadata");
  const auto version = metadata && metadata->kind() == TomlNode::Kind::table
                           ? Version::parse(toml_text(*metadata, "lock-version"))
                           : std::nullopt;
  if (!version) {
    throw Error(ErrorCode::corrupt, concat("cannot read lock ", path, ": it is no lock of Poetry"))
        .with_hint(kNoSuchLock);
  }
  if (*version < *Version::parse("2.1")) {
    throw Error(ErrorCode::incompatible,
                concat("cannot convert ", path, ": version ", version->text(),
                       " of its format does not say which group needs which package"))
        .with_hint("write it again with Poetry 2: poetry lock");
  }
  if (*version >= *Version::parse("3")) {
    throw Error(ErrorCode::incompatible,
                concat("cannot convert ", path, ": version ", version->text(),
                       " of its format is not known, only 2.1 and later ones that begin with 2"))
        .with_hint(
            "let Poetry write requirements with hashes, and convert those: "
            "poetry export -o requirements.txt");
  }
  ForeignLock lock;
  set_targets(lock.head, targets_of(toml_text(*metadata, "python-versions"), path));
  std::set<std::string> names;
  for (const TomlNode entry : toml_tables(root, "package")) {
    ForeignPackage foreign;
    foreign.package.name = normalize_name(toml_text(entry, "name"));
    foreign.package.version = toml_text(entry, "version");
    foreign.package.requires_python = plain_versions(toml_text(entry, "python-versions"));
    foreign.files = toml_files(entry);
    std::vector<GroupCondition> conditions;
    for (const std::string& group : toml_texts(entry, "groups")) {
      const bool is_main = group == kMain;
      conditions.push_back({is_main ? "" : normalize_name(group), marker_for(entry, group)});
      if (!is_main) {
        names.insert(normalize_name(group));
      }
    }
    foreign.package.marker = marker_of_groups(conditions);
    const auto source = entry.find("source");
    const auto develop = entry.find("develop");
    if (source && source->kind() == TomlNode::Kind::table) {
      set_source(foreign, *source, folders,
                 develop && develop->kind() == TomlNode::Kind::boolean && develop->boolean());
    }
    if (foreign.files.empty() && foreign.package.source_key.empty()) {
      lock.problems.push_back(concat(describe(foreign.package), ": the lock has no files of it"));
    }
    lock.packages.push_back(std::move(foreign));
  }
  lock.head.groups.assign(names.begin(), names.end());
  const auto extras = root.find("extras");
  if (extras && extras->kind() == TomlNode::Kind::table) {
    for (const auto& [name, value] : extras->entries()) {
      lock.head.extras.push_back(normalize_name(name));
    }
  }
  return lock;
}

}  // namespace pel
