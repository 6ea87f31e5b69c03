#include "frontend/pip_report.hpp"

#include <nlohmann/json.hpp>

#include "frontend/lock_text.hpp"
#include "lock/package_name.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

using Json = nlohmann::json;
using Entries = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void fail(std::string_view what) {
  throw Error(ErrorCode::corrupt, concat("cannot read pip's report: ", what));
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

DraftFile file_of(const Json& info, const LockFolders& folders) {
  DraftFile file;
  file.url = without_credentials(text_of(info, "url"));
  if (const auto path = path_of_file_url(file.url)) {
    file.path = moved_path(*path, folders);
    file.url.clear();
  }
  const Json archive = info.value("archive_info", Json::object());
  const Json hashes = archive.value("hashes", Json::object());
  for (const auto& [algorithm, digest] : hashes.items()) {
    if (digest.is_string()) {
      file.hashes.emplace_back(algorithm, digest.get<std::string>());
    }
  }
  const std::string hash = text_of(archive, "hash");  // "sha256=...", of old reports
  if (const std::size_t sign = hash.find('='); file.hashes.empty() && sign != std::string::npos) {
    file.hashes.emplace_back(hash.substr(0, sign), hash.substr(sign + 1));
  }
  return file;
}

std::string file_entries(const DraftFile& file, const Json& info) {
  Entries entries;
  if (!file.url.empty()) {
    entries.emplace_back("url", toml_string(file.url));
  }
  if (!file.path.empty()) {
    entries.emplace_back("path", toml_string(file.path));
  }
  Entries hashes;
  for (const auto& [algorithm, digest] : file.hashes) {
    hashes.emplace_back(algorithm, toml_string(digest));
  }
  entries.emplace_back("hashes", toml_inline_table(hashes));
  if (const std::string sub = text_of(info, "subdirectory"); !sub.empty()) {
    entries.emplace_back("subdirectory", toml_string(sub));
  }
  return toml_inline_table(entries);
}

std::string vcs_entries(const Json& info) {
  const Json vcs = info.value("vcs_info", Json::object());
  Entries entries{{"type", toml_string(text_of(vcs, "vcs"))},
                  {"url", toml_string(repository_url(text_of(info, "url")))}};
  if (const std::string revision = text_of(vcs, "requested_revision"); !revision.empty()) {
    entries.emplace_back("requested-revision", toml_string(revision));
  }
  entries.emplace_back("commit-id", toml_string(text_of(vcs, "commit_id")));
  if (const std::string sub = text_of(info, "subdirectory"); !sub.empty()) {
    entries.emplace_back("subdirectory", toml_string(sub));
  }
  return toml_inline_table(entries);
}

std::string directory_entries(const Json& info, const LockFolders& folders) {
  const auto path = path_of_file_url(text_of(info, "url"));
  if (!path) {
    fail("a directory has no path");
  }
  Entries entries{{"path", toml_string(moved_path(*path, folders))}};
  const Json directory = info.value("dir_info", Json::object());
  if (directory.value("editable", false)) {
    entries.emplace_back("editable", "true");
  }
  if (const std::string sub = text_of(info, "subdirectory"); !sub.empty()) {
    entries.emplace_back("subdirectory", toml_string(sub));
  }
  return toml_inline_table(entries);
}

void set_source(DraftPackage& package, const Json& info, bool is_direct,
                const LockFolders& folders) {
  if (info.contains("vcs_info")) {
    package.source_key = "vcs";
    package.source_text = vcs_entries(info);
    return;
  }
  if (info.contains("dir_info")) {
    package.source_key = "directory";
    package.source_text = directory_entries(info, folders);
    return;
  }
  DraftFile file = file_of(info, folders);
  const std::string name = file_name_of_link(file.path.empty() ? file.url : file.path);
  if (name.ends_with(".whl")) {
    package.wheels.push_back(std::move(file));
  } else if (is_direct) {
    package.source_key = "archive";
    package.source_text = file_entries(file, info);
  } else {
    package.sdist = std::move(file);
  }
}

}  // namespace

LockDraft read_pip_report(std::string_view text, const LockFolders& folders) {
  const Json report = Json::parse(text, nullptr, false);
  if (!report.is_object() || !report.contains("install") || !report["install"].is_array()) {
    fail("it is none");
  }
  LockDraft draft;
  try {
    for (const Json& item : report["install"]) {
      const Json& metadata = item.at("metadata");
      DraftPackage package;
      package.name = normalize_name(text_of(metadata, "name"));
      package.version = text_of(metadata, "version");
      package.requires_python = text_of(metadata, "requires_python");
      set_source(package, item.at("download_info"), item.value("is_direct", false), folders);
      if (package.source_key == "directory") {
        package.version.clear();  // it may change with the directory
      }
      draft.packages.push_back(std::move(package));
    }
  } catch (const Json::exception&) {
    fail("an entry has not the form that is documented");
  }
  return draft;
}

void set_direct_source(DraftPackage& package, std::string_view direct_url_json,
                       const LockFolders& folders) {
  const Json info = Json::parse(direct_url_json, nullptr, false);
  if (!info.is_object()) {
    throw Error(ErrorCode::corrupt, concat("direct_url.json of ", package.name, " is damaged"));
  }
  try {
    set_source(package, info, true, folders);
  } catch (const Json::exception&) {
    throw Error(ErrorCode::corrupt, concat("direct_url.json of ", package.name, " is damaged"));
  }
}

}  // namespace pel
