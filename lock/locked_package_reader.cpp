#include "lock/locked_package_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

bool has_control_character(std::string_view text) noexcept {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// "scheme:" at the start, and nothing that ends a line or a word.
bool is_url(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         is_letter(text.front()) &&
         std::ranges::all_of(
             text.substr(0, colon),
             [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; }) &&
         text.find(' ') == std::string_view::npos && !has_control_character(text);
}

std::string read_url(const LockTable& table) {
  const auto url = table.string("url");
  if (url && !is_url(*url)) {
    table.fail("url", concat("is no URL: '", redacted_url(*url), "'"));
  }
  return std::string(url.value_or(""));
}

std::string read_path(const LockTable& table, const std::string& directory) {
  const auto path = table.string("path");
  return path ? resolve_path(table, "path", *path, directory) : std::string();
}

// Relative, and not out of the tree that it is in.
std::string read_subdirectory(const LockTable& table) {
  const std::string subdirectory(table.string("subdirectory").value_or(""));
  const std::string bounded = concat("/", subdirectory, "/");
  if (subdirectory.starts_with('/') || bounded.find("/../") != std::string::npos ||
      has_control_character(subdirectory)) {
    table.fail("subdirectory", concat("leaves the source tree: ", quoted(subdirectory)));
  }
  return subdirectory;
}

Sha256 read_sha256(const LockTable& table) {
  const LockTable hashes = table.required_table("hashes");
  const auto values = hashes.all_strings();
  if (values.empty()) {
    hashes.fail_table("is empty", "lock again with a tool that writes sha256 hashes");
  }
  std::string others;
  for (const auto& [algorithm, digest] : values) {
    if (lowered(algorithm) == "sha256") {
      const auto sha256 = Sha256::parse_hex(digest);
      if (!sha256) {
        hashes.fail("sha256", concat("is not 64 hexadecimal digits: ", quoted(digest)));
      }
      return *sha256;
    }
    others += concat(others.empty() ? "" : ", ", escaped(algorithm));
  }
  hashes.fail_table(concat("has no sha256, only ", others),
                    "lock again from an index that gives sha256 hashes, or add the sha256 of the "
                    "file to the lock",
                    ErrorCode::incompatible);
}

// `directory` is that of the lock.
LockedArtifact read_artifact(const LockTable& table, const std::string& directory) {
  LockedArtifact artifact;
  artifact.line = table.line();
  artifact.url = read_url(table);
  artifact.path = read_path(table, directory);
  if (artifact.url.empty() && artifact.path.empty()) {
    table.fail_table("has neither 'path' nor 'url'");
  }
  artifact.size = table.size("size");
  table.expect("upload-time", TomlNode::Kind::date_time);
  artifact.sha256 = read_sha256(table);
  if (const auto name = table.string("name")) {
    artifact.file_name = *name;
  } else if (const auto path = table.string("path")) {
    artifact.file_name = file_name_of_path(*path);
  } else {
    artifact.file_name = file_name_of_url(artifact.url);
  }
  if (!is_file_name(artifact.file_name)) {
    table.fail_table(concat("has no usable file name: ", quoted(artifact.file_name)),
                     "give it by the key 'name'");
  }
  return artifact;
}

LockedArchive read_archive(const LockTable& table, const std::string& directory) {
  return {read_artifact(table, directory), read_subdirectory(table)};
}

LockedDirectory read_directory(const LockTable& table, const std::string& directory) {
  return {resolve_path(table, "path", table.required_string("path"), directory),
          table.boolean("editable"), read_subdirectory(table)};
}

// A hash of git, SHA-1 or SHA-256, in full: names of branches and tags, and beginnings of a hash,
// may mean another commit tomorrow.
bool is_git_commit(std::string_view text) noexcept {
  return (text.size() == 40 || text.size() == 64) && std::ranges::all_of(text, [](char c) {
           return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
         });
}

LockedVcs read_vcs(const LockTable& table, const std::string& directory) {
  LockedVcs vcs;
  vcs.type = table.required_string("type");
  vcs.url = read_url(table);
  vcs.path = read_path(table, directory);
  if (vcs.url.empty() && vcs.path.empty()) {
    table.fail_table("has neither 'path' nor 'url'");
  }
  vcs.requested_revision = table.string("requested-revision").value_or("");
  vcs.commit_id = table.required_string("commit-id");
  if (has_control_character(vcs.commit_id) || vcs.commit_id.starts_with('-')) {
    table.fail("commit-id", concat("is no commit: ", quoted(vcs.commit_id)));
  }
  if (vcs.type == "git" && !is_git_commit(vcs.commit_id)) {
    table.fail("commit-id", concat("is no commit: ", quoted(vcs.commit_id)),
               "give the whole hash (40 hexadecimal digits): a branch or a tag may move");
  }
  vcs.subdirectory = read_subdirectory(table);
  return vcs;
}

// A wheel whose name cannot be read is no wheel of ours; one of another package is a mistake.
void check_wheel(const LockTable& table, const LockedArtifact& wheel,
                 const LockedPackage& package) {
  const auto name = WheelFileName::parse(wheel.file_name);
  const auto version = name ? Version::parse(name->version_text) : std::nullopt;
  if (!version) {
    return;
  }
  if (normalize_name(name->distribution) != package.normalized_name) {
    table.fail_table(concat("is a wheel of another package: ", quoted(wheel.file_name)));
  }
  if (package.version && *version != *package.version) {
    table.fail_table(concat("is a wheel of another version than ", quoted(package.version->text()),
                            ": ", quoted(wheel.file_name)));
  }
}

// The same of a source distribution, "foo-1.0.tar.gz". A version may hold a dash in old ones, so
// every dash may be the end of the name.
void check_sdist(const LockTable& table, const LockedArtifact& sdist,
                 const LockedPackage& package) {
  std::string_view stem = sdist.file_name;
  for (const std::string_view extension : {".tar.gz", ".zip"}) {
    if (stem.ends_with(extension)) {
      stem.remove_suffix(extension.size());
      break;
    }
  }
  if (stem.size() == sdist.file_name.size()) {
    return;
  }
  bool has_name = false;
  bool has_version = false;
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos;
       dash = stem.find('-', dash + 1)) {
    const auto version = Version::parse(stem.substr(dash + 1));
    const bool is_of_package = normalize_name(stem.substr(0, dash)) == package.normalized_name;
    if (version && is_of_package && (!package.version || *version == *package.version)) {
      return;
    }
    has_version = has_version || version;
    has_name = has_name || (version && is_of_package);
  }
  if (has_name) {
    table.fail_table(concat("is a source distribution of another version than ",
                            quoted(package.version->text()), ": ", quoted(sdist.file_name)));
  }
  if (has_version) {
    table.fail_table(
        concat("is a source distribution of another package: ", quoted(sdist.file_name)));
  }
}

// What nothing is made of here, but must have the form that PEP 751 gives it.
void check_unused_keys(const LockTable& table) {
  table.expect("index", TomlNode::Kind::string);
  table.expect("tool", TomlNode::Kind::table);
  table.expect_tables("dependencies");
  for (const LockTable& identity : table.tables("attestation-identities")) {
    if (!identity.text("kind")) {
      identity.fail_missing("kind");
    }
  }
}

// wheels and sdist may stand together, everything else alone.
void check_sources(const LockTable& table, const LockedPackage& package) {
  std::vector<std::string_view> sources;
  if (!package.wheels.empty()) {
    sources.emplace_back("wheels");
  } else if (package.sdist) {
    sources.emplace_back("sdist");
  }
  for (const std::string_view key : {"archive", "directory", "vcs"}) {
    if (table.has(key)) {
      sources.push_back(key);
    }
  }
  if (sources.empty()) {
    if (table.has("wheels")) {
      table.fail("wheels", "is empty, and the package has no other source");
    }
    table.fail_missing("wheels");
  }
  if (sources.size() > 1) {
    table.fail(sources[1], concat("excludes '", sources[0], "': a package has one source"));
  }
}

}  // namespace

std::string resolve_path(const LockTable& table, std::string_view key, std::string_view path,
                         const std::string& directory) {
  if (has_control_character(path)) {
    table.fail(key, concat("has a control character: ", quoted(path)));
  }
  std::string resolved(path);
  if (path.find('/') == std::string_view::npos) {
    std::ranges::replace(resolved, '\\', '/');  // a lock written on Windows
  }
  if (resolved.starts_with('/')) {
    return resolved;
  }
  std::string_view relative = resolved;
  while (relative.starts_with("./")) {
    relative.remove_prefix(2);
  }
  if (relative == "." || relative.empty()) {
    return directory;
  }
  // The kernel lets ".." begin where a directory really is.
  std::string base =
      relative.starts_with("../") || relative == ".." ? real_path(directory) : directory;
  while (relative.starts_with("../") || relative == "..") {
    relative.remove_prefix(std::min<std::size_t>(relative.size(), 3));
    base = directory_of(base);
  }
  return relative.empty() ? base : concat(base, base.ends_with('/') ? "" : "/", relative);
}

LockedPackage read_package(LockTable table, const std::string& directory) {
  LockedPackage package;
  package.line = table.line();
  package.name = table.required_string("name");
  table.set_owner(concat("package ", quoted(package.name)));
  if (!is_valid_name(package.name)) {
    table.fail("name", "is no package name");
  }
  package.normalized_name = normalize_name(package.name);
  if (const auto version = table.string("version")) {
    package.version = Version::parse(*version);
    if (!package.version) {
      table.fail("version", concat("is no version: ", quoted(*version)));
    }
  }
  if (const auto marker = table.string("marker")) {
    package.marker = table.reading("marker", [&] { return Marker::parse(*marker); });
  }
  if (const auto requires_python = table.text("requires-python")) {
    package.requires_python =
        table.reading("requires-python", [&] { return SpecifierSet::parse(*requires_python); });
  }
  for (const LockTable& wheel : table.tables("wheels")) {
    package.wheels.push_back(read_artifact(wheel, directory));
    check_wheel(wheel, package.wheels.back(), package);
  }
  if (const auto sdist = table.table("sdist")) {
    package.sdist = read_artifact(*sdist, directory);
    check_sdist(*sdist, *package.sdist, package);
  }
  if (const auto archive = table.table("archive")) {
    package.archive = read_archive(*archive, directory);
    check_wheel(*archive, package.archive->file, package);  // which it may be
  }
  if (const auto source = table.table("directory")) {
    package.directory = read_directory(*source, directory);
  }
  if (const auto vcs = table.table("vcs")) {
    package.vcs = read_vcs(*vcs, directory);
  }
  check_sources(table, package);
  check_unused_keys(table);
  return package;
}

}  // namespace pel
