#include "frontend/lock_draft.hpp"

#include <algorithm>
#include <boost/filesystem/path.hpp>

#include "frontend/lock_text.hpp"
#include "lock/package_name.hpp"
#include "lock/toml_document.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"
#include "store/fetch/url.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

using Entries = std::vector<std::pair<std::string, std::string>>;

class DraftReader {
 public:
  DraftReader(std::string_view subject, const LockFolders& folders)
      : subject_(subject), folders_(folders) {}

  [[nodiscard]] LockDraft read(TomlNode root) const {
    LockDraft draft;
    draft.requires_python = text(root, "requires-python");
    draft.environments = texts(root, "environments");
    draft.extras = texts(root, "extras");
    draft.groups = texts(root, "dependency-groups");
    draft.default_groups = texts(root, "default-groups");
    const auto packages = member(root, "packages", TomlNode::Kind::array);
    for (std::size_t i = 0; packages && i < packages->size(); ++i) {
      demand(packages->at(i), TomlNode::Kind::table, "packages");
      draft.packages.push_back(read_package(packages->at(i)));
    }
    read_own(root, draft);
    return draft;
  }

 private:
  void demand(TomlNode node, TomlNode::Kind kind, std::string_view key) const {
    if (node.kind() != kind) {
      throw Error(
          ErrorCode::corrupt,
          concat("cannot read ", subject_, ": line ", std::to_string(node.line()), ": key '", key,
                 "' is ", TomlNode::describe(node.kind()), ", not ", TomlNode::describe(kind)));
    }
  }

  [[nodiscard]] std::optional<TomlNode> member(TomlNode table, std::string_view key,
                                               TomlNode::Kind kind) const {
    const auto found = table.find(key);
    if (found) {
      demand(*found, kind, key);
    }
    return found;
  }

  [[nodiscard]] std::string text(TomlNode table, std::string_view key) const {
    const auto found = member(table, key, TomlNode::Kind::string);
    return found ? std::string(found->string()) : std::string();
  }

  [[nodiscard]] std::vector<std::string> texts(TomlNode table, std::string_view key) const {
    std::vector<std::string> result;
    const auto found = member(table, key, TomlNode::Kind::array);
    for (std::size_t i = 0; found && i < found->size(); ++i) {
      demand(found->at(i), TomlNode::Kind::string, key);
      result.emplace_back(found->at(i).string());
    }
    return result;
  }

  [[nodiscard]] DraftFile read_file(TomlNode table) const {
    DraftFile file;
    file.name = text(table, "name");
    file.url = without_credentials(text(table, "url"));
    if (const auto local = path_of_file_url(file.url)) {
      file.path = moved_path(*local, folders_);
      file.url.clear();
    }
    if (const std::string path = text(table, "path"); !path.empty()) {
      file.path = moved_path(path, folders_);
    }
    if (const auto size = member(table, "size", TomlNode::Kind::integer)) {
      file.size = static_cast<std::uint64_t>(size->integer());
    }
    if (const auto hashes = member(table, "hashes", TomlNode::Kind::table)) {
      for (const auto& [algorithm, digest] : hashes->entries()) {
        demand(digest, TomlNode::Kind::string, "hashes");
        file.hashes.emplace_back(algorithm, digest.string());
      }
    }
    return file;
  }

  [[nodiscard]] DraftPackage read_package(TomlNode table) const {
    DraftPackage package;
    package.name = normalize_name(text(table, "name"));
    package.version = text(table, "version");
    package.marker = text(table, "marker");
    package.requires_python = text(table, "requires-python");
    package.index = without_credentials(text(table, "index"));
    if (const auto sdist = member(table, "sdist", TomlNode::Kind::table)) {
      package.sdist = read_file(*sdist);
    }
    const auto wheels = member(table, "wheels", TomlNode::Kind::array);
    for (std::size_t i = 0; wheels && i < wheels->size(); ++i) {
      demand(wheels->at(i), TomlNode::Kind::table, "wheels");
      package.wheels.push_back(read_file(wheels->at(i)));
    }
    for (const std::string_view key : {"vcs", "directory", "archive"}) {
      if (const auto source = member(table, key, TomlNode::Kind::table)) {
        read_source(package, key, *source);
      }
    }
    return package;
  }

  void read_source(DraftPackage& package, std::string_view key, TomlNode source) const {
    if (key == "archive") {
      DraftFile file = read_file(source);
      const std::string name =
          file.path.empty() ? file_name_of_url(file.url) : std::string(name_of(file.path));
      if (name.ends_with(".whl")) {
        package.wheels.push_back(std::move(file));
        return;
      }
    }
    package.source_key = key;
    package.source_text = value_text(source);
  }

  // Any value as TOML, without dates, URLs without credentials, paths moved.
  [[nodiscard]] std::string value_text(TomlNode node, std::string_view key = {}) const {
    switch (node.kind()) {
      case TomlNode::Kind::string:
        return toml_string(key == "url"    ? without_credentials(node.string())
                           : key == "path" ? moved_path(node.string(), folders_)
                                           : std::string(node.string()));
      case TomlNode::Kind::integer:
        return std::to_string(node.integer());
      case TomlNode::Kind::boolean:
        return node.boolean() ? "true" : "false";
      case TomlNode::Kind::array: {
        std::string text;
        for (std::size_t i = 0; i < node.size(); ++i) {
          text += concat(text.empty() ? "" : ", ", value_text(node.at(i)));
        }
        return concat("[", text, "]");
      }
      case TomlNode::Kind::table: {
        Entries entries;
        for (const auto& [name, value] : node.entries()) {
          if (value.kind() != TomlNode::Kind::date_time &&
              value.kind() != TomlNode::Kind::date_or_time &&
              value.kind() != TomlNode::Kind::floating_point) {
            entries.emplace_back(name, value_text(value, name));
          }
        }
        return toml_inline_table(entries);
      }
      case TomlNode::Kind::floating_point:
      case TomlNode::Kind::date_time:
      case TomlNode::Kind::date_or_time:
        break;
    }
    return "\"\"";
  }

  void read_own(TomlNode root, LockDraft& draft) const {
    const auto tool = member(root, "tool", TomlNode::Kind::table);
    const auto own = tool ? member(*tool, "pyenvlaunch", TomlNode::Kind::table) : std::nullopt;
    if (own) {
      for (const auto& [key, value] : own->entries()) {
        draft.own.emplace_back(key, value_text(value));
      }
    }
  }

  std::string_view subject_;
  const LockFolders& folders_;
};

bool is_below(std::string_view path, std::string_view folder) noexcept {
  return path != folder && is_within(path, folder);
}

}  // namespace

LockDraft read_lock_draft(std::string_view text, std::string_view subject,
                          const LockFolders& folders) {
  const TomlDocument document = TomlDocument::parse(text, subject);
  return DraftReader(subject, folders).read(document.root());
}

std::string moved_path(std::string_view path, const LockFolders& folders) {
  // "../x" starts from where a folder really is, whatever links and ".." its path has.
  const bool was_relative = !path.starts_with('/');
  const std::string absolute = (was_relative ? fs::path(real_path(folders.from)) / std::string(path)
                                             : fs::path(std::string(path)))
                                   .lexically_normal()
                                   .native();
  const auto& named = folders.named_relatively;
  const std::string to = is_below(absolute, folders.to) ? folders.to : real_path(folders.to);
  std::string moved =
      was_relative || is_below(absolute, to) || std::ranges::find(named, absolute) != named.end()
          ? fs::path(absolute).lexically_relative(to).native()
          : absolute;
  if (!is_utf8(moved)) {
    throw Error(ErrorCode::corrupt, concat("cannot lock ", quote(absolute),
                                           ": its path is not UTF-8, as a lock must be"))
        .with_hint("move it to a directory with another name");
  }
  return moved;
}

std::string_view hash_of(const DraftFile& file, std::string_view algorithm) noexcept {
  const auto found = std::ranges::find(
      file.hashes, algorithm, [](const auto& hash) { return std::string_view(hash.first); });
  return found == file.hashes.end() ? std::string_view() : std::string_view(found->second);
}

std::string describe(const DraftPackage& package) {
  return package.version.empty() ? package.name : concat(package.name, " ", package.version);
}

}  // namespace pel
