#include "frontend/foreign_toml.hpp"

#include "frontend/lock_text.hpp"
#include "lock/characters.hpp"
#include "lock/specifier.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {

std::string toml_text(TomlNode table, std::string_view key) {
  const auto found = table.find(key);
  return found && found->kind() == TomlNode::Kind::string ? std::string(found->string()) : "";
}

std::vector<std::string> toml_texts(TomlNode table, std::string_view key) {
  std::vector<std::string> result;
  const auto found = table.find(key);
  for (std::size_t i = 0; found && found->kind() == TomlNode::Kind::array && i < found->size();
       ++i) {
    if (found->at(i).kind() == TomlNode::Kind::string) {
      result.emplace_back(found->at(i).string());
    }
  }
  return result;
}

std::optional<TomlNode> toml_table(TomlNode table, std::string_view key) {
  const auto found = table.find(key);
  return found && found->kind() == TomlNode::Kind::table ? found : std::nullopt;
}

std::vector<TomlNode> toml_tables(TomlNode table, std::string_view key) {
  std::vector<TomlNode> result;
  const auto found = table.find(key);
  for (std::size_t i = 0; found && found->kind() == TomlNode::Kind::array && i < found->size();
       ++i) {
    if (found->at(i).kind() == TomlNode::Kind::table) {
      result.push_back(found->at(i));
    }
  }
  return result;
}

std::vector<DraftFile> toml_files(TomlNode package) {
  std::vector<DraftFile> files;
  for (const TomlNode entry : toml_tables(package, "files")) {
    DraftFile file;
    file.name = toml_text(entry, "file");
    file.url = without_credentials(toml_text(entry, "url"));
    if (file.name.empty()) {
      file.name = file_name_of_url(file.url);
    }
    const std::string hash = toml_text(entry, "hash");
    if (const std::size_t colon = hash.find(':'); colon != std::string::npos) {
      file.hashes.emplace_back(hash.substr(0, colon), lowered(hash.substr(colon + 1)));
    }
    files.push_back(std::move(file));
  }
  return files;
}

void set_vcs(DraftPackage& package, const std::string& url, const std::string& revision,
             const std::string& commit, const std::string& subdirectory) {
  std::vector<std::pair<std::string, std::string>> entries{
      {"type", toml_string("git")}, {"url", toml_string(repository_url(url))}};
  if (!revision.empty()) {
    entries.emplace_back("requested-revision", toml_string(revision));
  }
  entries.emplace_back("commit-id", toml_string(commit));
  if (!subdirectory.empty()) {
    entries.emplace_back("subdirectory", toml_string(subdirectory));
  }
  package.source_key = "vcs";
  package.source_text = toml_inline_table(entries);
}

void set_directory(DraftPackage& package, const std::string& path, bool editable,
                   const LockFolders& folders) {
  std::vector<std::pair<std::string, std::string>> entries{
      {"path", toml_string(moved_path(path, folders))}};
  if (editable) {
    entries.emplace_back("editable", "true");
  }
  package.source_key = "directory";
  package.source_text = toml_inline_table(entries);
}

}  // namespace pel
