#include "frontend/ignored_sources.hpp"

#include <unistd.h>

#include <array>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/default_index.hpp"
#include "frontend/foreign_toml.hpp"
#include "frontend/requirements_file.hpp"
#include "frontend/scratch_directory.hpp"
#include "frontend/tool_settings.hpp"
#include "frontend/uv_settings.hpp"
#include "lock/characters.hpp"
#include "lock/dependency_specifier.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/format/script_lock.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

// Normalised names of packages that an index is asked for; nothing when only a build backend knows.
using Names = std::optional<std::set<std::string>>;

Names names_of(const std::vector<std::string>& requirements) {
  std::set<std::string> names;
  for (const std::string& text : requirements) {
    const auto requirement = DependencySpecifier::try_parse(text);
    if (requirement && requirement->url.empty()) {
      names.insert(requirement->normalized_name);
    }
  }
  return names;
}

Names names_of_project(const std::string& text, const std::string& path,
                       const ProjectSelection& selection) {
  try {
    return names_of(read_project_requirements(text, path, selection).requirements);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool may_hold(const Names& names, std::string_view name) {
  return !names || names->contains(normalize_name(name));
}

std::optional<TomlNode> table_below(TomlNode root, std::initializer_list<std::string_view> keys) {
  std::optional<TomlNode> table = root;
  for (const std::string_view key : keys) {
    table = table ? toml_table(*table, key) : std::nullopt;
  }
  return table;
}

// The pyproject.toml of the workspace (uv's) that a project's folder belongs to, if there is one
// above; its sources and settings are the project's, too.
std::string workspace_above(std::string folder) {
  while (folder.size() > 1) {
    folder = directory_of(folder);
    const std::string path = concat(folder, "/pyproject.toml");
    try {
      const TomlDocument document = TomlDocument::parse(read_file(path), path);
      if (table_below(document.root(), {"tool", "uv", "workspace"})) {
        return path;
      }
    } catch (const Error&) {  // there is none, or somebody else's that is damaged
    }
  }
  return {};
}

// The same index, however it is written.
std::string plain_index(std::string_view url) {
  std::string plain = without_credentials(url);
  while (plain.ends_with('/')) {
    plain.pop_back();
  }
  return plain;
}

class SourceCheck {
 public:
  SourceCheck(const ResolveRequest& request, std::string_view tool)
      : request_(request), tool_(tool), is_pip_(tool == "pip") {}

  void check_project(const std::string& path) {
    const std::string text = read_file(path);
    const TomlDocument document = TomlDocument::parse(text, path);
    expect_project(document.root(), text, path);
    const Names names = names_of_project(text, path, request_.selection);
    check_uv_tables(document.root(), path, names);
    check_poetry(document.root(), path, names);
    check_indexes_of_others(document.root(), path);
  }

  // One that is asked for as a requirement: its settings are no business of the whole, but the
  // places of its packages are.
  void check_directory(const std::string& folder) {
    const std::string path = concat(folder, "/pyproject.toml");
    if (::access(path.c_str(), R_OK) != 0) {
      return;
    }
    const std::string text = read_file(path);
    const TomlDocument document = TomlDocument::parse(text, path);
    const Names names = names_of_project(text, path, {});
    refuse_uv_sources(document.root(), path, names);
    check_poetry(document.root(), path, names);
  }

  // Who is set up with uv alone would get packages of the same names from elsewhere.
  void check_settings_of_uv() {
    if (!is_pip_ || !request_.any_tool || !request_.index_url.empty() ||
        places_of_pip(venv_of_pip()).names_indexes()) {
      return;
    }
    const ToolPlaces uv = places_of_uv(folder_of_uv(request_));
    std::vector<std::string> places = uv.extra_indexes;
    places.push_back(uv.default_index);
    for (const std::string& place : places) {
      const std::string url = without_index_name(place);
      if (!url.empty() && !is_asked(url)) {
        throw Error(
            ErrorCode::incompatible,
            concat("cannot lock with pip: only uv is set up to look in ", url_for_messages(url)))
            .with_hint(
                "install uv and put it on PATH, give the place with --index-url or "
                "--extra-index-url, or choose pip with --resolver pip");
      }
    }
  }

  void check_script(const std::string& path) {
    if (is_pip_) {
      const TomlDocument document = TomlDocument::parse(read_script(path).block, path);
      check_uv_tables(document.root(), path, names_of(read_script_requirements(path).requirements));
    }
  }

 private:
  [[noreturn]] void refuse(std::string_view path, std::string_view what, std::string hint) const {
    throw Error(ErrorCode::incompatible, concat("cannot lock ", path, " with ", tool_, ": ", what))
        .with_hint(std::move(hint));
  }

  // Without one a build backend would be asked, and make what it can of nothing.
  void expect_project(TomlNode root, const std::string& text, const std::string& path) const {
    if (request_.selection.groups.empty() && !is_project(text, path)) {
      throw Error(ErrorCode::corrupt, concat("cannot read ", path, ": it has no table [project]"))
          .with_hint("lock with the tool that the project is made for, and convert that: --from");
    }
    const auto poetry = table_below(root, {"tool", "poetry"});
    const auto mode = poetry ? poetry->find("package-mode") : std::nullopt;
    if (!root.find("project") && mode && mode->kind() == TomlNode::Kind::boolean &&
        !mode->boolean()) {
      refuse(path, "only Poetry reads what a project with 'package-mode = false' asks for",
             "let Poetry lock it, and convert that: --from poetry.lock");
    }
  }

  // [tool.uv] of the project or the script, and of the workspace above; and the project's uv.toml.
  void check_uv_tables(TomlNode root, const std::string& path, const Names& names) {
    if (!is_pip_) {
      return;
    }
    check_uv_table(root, path, names);
    if (name_of(path) != "pyproject.toml") {
      return;
    }
    const std::string folder(directory_of(path));
    if (const std::string own = concat(folder, "/uv.toml"); ::access(own.c_str(), R_OK) == 0) {
      const TomlDocument document = TomlDocument::parse(read_file(own), own);
      check_uv_settings(document.root(), own, "uv.toml");
    }
    if (const std::string above = workspace_above(folder); !above.empty()) {
      const TomlDocument document = TomlDocument::parse(read_file(above), above);
      check_uv_table(document.root(), above, names);
    }
  }

  void check_uv_table(TomlNode root, const std::string& path, const Names& names) {
    refuse_uv_sources(root, path, names);
    if (const auto uv = table_below(root, {"tool", "uv"})) {
      check_uv_settings(*uv, path, "[tool.uv]");
    }
    if (const auto uv = table_below(root, {"tool", "uv", "pip"})) {
      check_uv_settings(*uv, path, "[tool.uv.pip]");
    }
  }

  void refuse_uv_sources(TomlNode root, const std::string& path, const Names& names) const {
    const auto sources = table_below(root, {"tool", "uv", "sources"});
    if (!is_pip_ || !sources) {
      return;
    }
    for (const auto& [name, value] : sources->entries()) {
      if (may_hold(names, name)) {
        refuse(path,
               concat("only uv knows where '", normalize_name(name),
                      "' comes from, by [tool.uv.sources]"),
               "install uv and put it on PATH, or name the place in the requirement");
      }
    }
  }

  void check_uv_settings(TomlNode table, const std::string& path, std::string_view where) {
    const UvSettings settings = read_uv_settings(table, directory_of(path));
    std::vector<std::string> places = settings.indexes;
    for (std::string& place : places) {
      place = without_index_name(place);
    }
    places.insert(places.end(), settings.find_links.begin(), settings.find_links.end());
    places.push_back(settings.default_index);
    for (const std::string& place : places) {
      if (!place.empty() && !is_asked(place)) {
        refuse(path, concat("only uv reads ", where, ", which names ", url_for_messages(place)),
               "install uv and put it on PATH, or give the place with --index-url, "
               "--extra-index-url or --find-links");
      }
    }
    if (settings.no_index && !request_.offline) {
      refuse(path, concat("only uv reads ", where, ", which says 'no-index'"),
             "install uv and put it on PATH, or give --offline");
    }
    warn_of_versions(settings, path, where);
  }

  void warn_of_versions(const UvSettings& settings, const std::string& path,
                        std::string_view where) const {
    std::vector<std::string> keys = settings.others;
    if (!settings.constraints.empty()) {
      keys.emplace_back("constraint-dependencies");
    }
    if (!settings.overrides.empty()) {
      keys.emplace_back("override-dependencies");
    }
    for (const auto& [key, value] : settings.options) {
      keys.push_back(key);
    }
    for (const std::string& key : keys) {
      if (request_.tell) {
        request_.tell(
            concat("warning: ", tool_, " does not read '", key, "' of ", where, " in ", path));
      }
    }
  }

  // [project] is what uv and pip read; what [tool.poetry] adds to it is Poetry's own.
  void check_poetry(TomlNode root, const std::string& path, const Names& names) const {
    const auto poetry = table_below(root, {"tool", "poetry"});
    if (!poetry || !request_.index_url.empty()) {
      return;
    }
    check_poetry_table(toml_table(*poetry, "dependencies"), path, names);
    for (const std::string& group : request_.selection.groups) {
      check_poetry_table(table_below(*poetry, {"group", group, "dependencies"}), path, names);
    }
  }

  void check_poetry_table(std::optional<TomlNode> table, const std::string& path,
                          const Names& names) const {
    if (!table) {
      return;
    }
    for (const auto& [name, value] : table->entries()) {
      std::vector<TomlNode> choices = toml_tables(*table, name);
      if (value.kind() == TomlNode::Kind::table) {
        choices.push_back(value);
      }
      for (const TomlNode choice : choices) {
        // Without [project], the build backend says what is behind the other keys.
        for (const std::string_view key : {"source", "git", "path", "file", "url"}) {
          if (choice.find(key) && may_hold(names, name) && (key == "source" || names)) {
            refuse(path,
                   concat("only Poetry knows where '", normalize_name(name), "' comes from, by '",
                          key, "' in line ", std::to_string(value.line())),
                   "let Poetry lock it, and convert that: --from poetry.lock; or give the index "
                   "for all packages with --index-url");
          }
        }
      }
    }
  }

  void check_indexes_of_others(TomlNode root, const std::string& path) {
    struct Place {
      std::string_view tool;
      std::string_view key;
    };

    for (const Place& place :
         std::to_array<Place>({{"poetry", "source"}, {"pdm", "source"}, {"rye", "sources"}})) {
      const auto table = table_below(root, {"tool", place.tool});
      for (const TomlNode source :
           table ? toml_tables(*table, place.key) : std::vector<TomlNode>()) {
        if (toml_text(source, "priority") != "explicit") {
          expect_asked(toml_text(source, "url"), path,
                       concat("[[tool.", place.tool, ".", place.key, "]]"));
        }
      }
    }
    if (const auto pixi = table_below(root, {"tool", "pixi", "pypi-options"})) {
      std::vector<std::string> urls = toml_texts(*pixi, "extra-index-urls");
      urls.push_back(toml_text(*pixi, "index-url"));
      for (const std::string& url : urls) {
        expect_asked(url, path, "[tool.pixi.pypi-options]");
      }
    }
  }

  void expect_asked(const std::string& url, const std::string& path, std::string_view where) {
    if (!url.empty() && !is_asked(url)) {
      refuse(path, concat("it does not read ", where, ", which names ", url_for_messages(url)),
             "give it with --index-url or --extra-index-url, or convert the lock of the tool that "
             "the project is made for (--from)");
    }
  }

  // Whether the front end asks this index anyway, or the user wants another one for everything.
  [[nodiscard]] bool is_asked(std::string_view place) {
    if (!request_.index_url.empty()) {
      return true;
    }
    if (asked_.empty()) {
      find_asked();
    }
    return asked_.contains(plain_index(place));
  }

  void find_asked() {
    const ToolPlaces uv = is_pip_ ? ToolPlaces() : places_of_uv(folder_of_uv(request_));
    const bool takes_those_of_pip = is_pip_ || (request_.any_tool && !uv.names_indexes());
    const ToolPlaces pip = takes_those_of_pip ? places_of_pip(venv_of_pip()) : ToolPlaces();
    for (const ToolPlaces& tool : {uv, pip}) {
      add_asked({tool.default_index});
      add_asked(tool.extra_indexes);
      add_asked(tool.find_links);
    }
    add_asked(request_.extra_index_urls);
    add_asked(request_.find_links);
    add_asked({built_in_index(request_.python)});
  }

  void add_asked(const std::vector<std::string>& places) {
    for (const std::string& place : places) {
      asked_.insert(plain_index(without_index_name(place)));
    }
  }

  const ResolveRequest& request_;
  std::string_view tool_;
  bool is_pip_;
  std::set<std::string> asked_;  // found when it is needed for the first time
};

// The path that a requirement, or an argument of -e, names: "./a[extra]", "b @ file:///c"; else
// empty.
std::string path_named(std::string_view text, bool editable) {
  const auto requirement = DependencySpecifier::try_parse(text);
  const bool is_name = requirement && requirement->url.empty() && !editable;
  const std::string_view place = requirement && !requirement->url.empty()
                                     ? std::string_view(requirement->url)
                                     : trim(text.substr(0, text.find_first_of(";[")));
  if (is_name || (place.find("://") != std::string_view::npos && !place.starts_with("file:"))) {
    return {};
  }
  const auto of_url = path_of_file_url(place);
  return of_url ? *of_url : absolute_path(place);
}

}  // namespace

void refuse_ignored_sources(const ResolveRequest& request, std::string_view tool) {
  SourceCheck check(request, tool);
  check.check_settings_of_uv();
  if (!request.project.empty()) {
    check.check_project(request.project);
  }
  if (!request.script.empty()) {
    check.check_script(request.script);
  }
  const auto add = [&check](std::string_view text, bool editable) {
    if (const std::string path = path_named(text, editable); !path.empty()) {
      check.check_directory(path);
    }
  };
  for (const std::string& text : request.requirements) {
    add(text, false);
  }
  for (const std::string& text : request.editables) {
    add(text, true);
  }
  for (const std::string& file : request.requirement_files) {
    for (const RequirementLine& line : read_requirements(file).requirements) {
      add(line.text, line.editable);
    }
  }
}

}  // namespace pel
