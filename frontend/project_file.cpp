#include "frontend/project_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "lock/characters.hpp"
#include "lock/dependency_specifier.hpp"
#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "lock/script_metadata.hpp"
#include "lock/specifier.hpp"
#include "lock/toml_document.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/script_block.hpp"
#include "store/format/script_lock.hpp"

namespace pel {
namespace {

[[noreturn]] void fail(std::string_view path, std::string_view reason, std::string hint = {}) {
  throw Error(ErrorCode::corrupt, concat("cannot read ", path, ": ", reason))
      .with_hint(std::move(hint));
}

std::string line_of(TomlNode node) {
  return concat("line ", std::to_string(node.line()), ": ");
}

void demand_array(TomlNode node, std::string_view path, std::string_view key) {
  if (node.kind() != TomlNode::Kind::array) {
    fail(path, concat(line_of(node), "key '", key, "' is no array"));
  }
}

std::vector<TomlNode> strings_of(TomlNode node, std::string_view path, std::string_view key) {
  demand_array(node, path, key);
  std::vector<TomlNode> result;
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (node.at(i).kind() != TomlNode::Kind::string) {
      fail(path, concat(line_of(node.at(i)), "key '", key, "' holds what is no string"));
    }
    result.push_back(node.at(i));
  }
  return result;
}

std::optional<TomlNode> table_of(TomlNode table, std::string_view key) {
  auto found = table.find(key);
  return found && found->kind() == TomlNode::Kind::table ? found : std::nullopt;
}

std::string string_of(TomlNode table, std::string_view key) {
  const auto found = table.find(key);
  return found && found->kind() == TomlNode::Kind::string ? std::string(found->string()) : "";
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) {
    text += concat(text.empty() ? "" : ", ", word);
  }
  return text;
}

// The number of the line that begins a block of metadata, as it was meant; 0 without one.
std::size_t opening_line(std::string_view source) {
  for (std::size_t number = 1; !source.empty(); ++number) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    std::string_view line = trim(source.substr(0, end));
    source.remove_prefix(std::min(end + 1, source.size()));
    if (line.starts_with('#') && trim(line.substr(1)) == "/// script") {
      return number;
    }
  }
  return 0;
}

[[noreturn]] void fail_without_block(const std::string& path) {
  if (const std::size_t line = opening_line(read_script_text(path)); line != 0) {
    fail(path,
         concat("line ", std::to_string(line), ": the block that begins here is none (PEP 723)"),
         "it goes from '# /// script' to '# ///', and each line between begins with '# '");
  }
  fail(path, "it has no block '# /// script' (PEP 723)",
       "say what it needs: '# /// script', '# dependencies = [\"rich\"]', '# ///'");
}

// The requirements of a project with the extras and groups that are asked for.
class ProjectReader {
 public:
  ProjectReader(TomlNode root, std::string_view path) : root_(root), path_(path) {
    const auto project = table_of(root, "project");
    if (project) {
      name_ = normalize_name(string_of(*project, "name"));
      optional_ = table_of(*project, "optional-dependencies");
    }
    groups_ = table_of(root, "dependency-groups");
  }

  ProjectRequirements read(const ProjectSelection& selection) {
    const auto project = table_of(root_, "project");
    if (!project && (selection.groups.empty() || root_.find("build-system"))) {
      fail(path_, "it has no table [project]",
           "lock with the tool that the project is made for, and convert that: --from");
    }
    if (project) {
      result_.requires_python = string_of(*project, "requires-python");
      check_static(*project, !selection.extras.empty() || selection.all_extras);
      if (const auto dependencies = project->find("dependencies")) {
        add(strings_of(*dependencies, path_, "dependencies"));
      }
    }
    for (const std::string& extra : selection.extras) {
      add_extra(extra);
    }
    if (selection.all_extras && optional_) {
      for (const auto& [name, value] : optional_->entries()) {
        add_extra(name);
      }
    }
    for (const std::string& group : selection.groups) {
      add_group(group);
    }
    return std::move(result_);
  }

 private:
  void check_static(TomlNode project, bool with_extras) const {
    const auto dynamic = project.find("dynamic");
    if (!dynamic) {
      return;
    }
    for (const TomlNode item : strings_of(*dynamic, path_, "dynamic")) {
      const std::string_view key = item.string();
      if (key == "dependencies" || (with_extras && key == "optional-dependencies")) {
        fail(path_, concat("its ", key, " are dynamic: only its build backend knows them"),
             "install uv, which asks the backend");
      }
    }
  }

  void add(const std::vector<TomlNode>& requirements) {
    for (const TomlNode item : requirements) {
      const std::string text(item.string());
      const DependencySpecifier requirement = requirement_of(item);
      if (requirement.normalized_name == name_ && requirement.url.empty()) {
        for (const std::string& extra : requirement.extras) {
          add_extra(extra);
        }
      } else if (std::ranges::find(result_.requirements, text) == result_.requirements.end()) {
        result_.requirements.push_back(text);
      }
    }
  }

  [[nodiscard]] DependencySpecifier requirement_of(TomlNode item) const {
    try {
      return DependencySpecifier::parse(item.string());
    } catch (const Error& error) {
      fail(path_, concat(line_of(item), error.message()), error.hint());
    }
  }

  // The entry of that normalised name. Throws with the nearest one as the hint.
  [[nodiscard]] static TomlNode entry(const std::optional<TomlNode>& table, std::string_view name,
                                      std::string_view kind, std::string_view path) {
    std::vector<std::string_view> known;
    std::optional<TomlNode> found;
    if (table) {
      for (const auto& [key, value] : table->entries()) {
        known.push_back(key);
        if (normalize_name(key) != normalize_name(name)) {
          continue;
        }
        if (found) {
          fail(path, concat(line_of(value), "a second ", kind, " of the name '",
                            normalize_name(name), "'"));
        }
        found = value;
      }
    }
    if (found) {
      return *found;
    }
    const std::string_view near = nearest(name, known);
    throw Error(ErrorCode::usage,
                concat("cannot lock ", path, ": it has no ", kind, " '", name, "'"))
        .with_hint(!near.empty()   ? concat("did you mean '", near, "'?")
                   : known.empty() ? std::string("it has none at all")
                                   : concat("it has ", joined(known)));
  }

  void add_extra(std::string_view name) {
    if (first_visit(concat("extra ", normalize_name(name)))) {
      add(strings_of(entry(optional_, name, "extra", path_), path_, name));
    }
  }

  void add_group(std::string_view name) {
    const std::string normalized = normalize_name(name);
    if (std::ranges::find(groups_open_, normalized) != groups_open_.end()) {
      fail(path_, concat("dependency group '", name, "' includes itself"),
           "take out one include-group of the circle (PEP 735)");
    }
    if (!first_visit(concat("group ", normalized))) {
      return;
    }
    groups_open_.push_back(normalized);
    const TomlNode group = entry(groups_, name, "dependency group", path_);
    demand_array(group, path_, name);
    for (std::size_t i = 0; i < group.size(); ++i) {
      const TomlNode item = group.at(i);
      if (item.kind() == TomlNode::Kind::string) {
        add({item});
      } else if (item.kind() == TomlNode::Kind::table && item.find("include-group")) {
        add_group(string_of(item, "include-group"));
      } else {
        fail(path_, concat(line_of(item), "dependency group '", name,
                           "' holds neither a requirement nor an include-group"));
      }
    }
    groups_open_.pop_back();
  }

  // Extras may include each other in a circle, and groups be included more than once.
  bool first_visit(std::string key) {
    if (std::ranges::find(visited_, key) != visited_.end()) {
      return false;
    }
    visited_.push_back(std::move(key));
    return true;
  }

  TomlNode root_;
  std::string_view path_;
  std::string name_;
  std::optional<TomlNode> optional_;
  std::optional<TomlNode> groups_;
  std::vector<std::string> visited_;
  std::vector<std::string> groups_open_;  // the one that is being added, and those that include it
  ProjectRequirements result_;
};

}  // namespace

ProjectRequirements read_project_requirements(std::string_view text, std::string_view path,
                                              const ProjectSelection& selection) {
  const TomlDocument document = TomlDocument::parse(text, path);
  return ProjectReader(document.root(), path).read(selection);
}

std::string read_requires_python(std::string_view text, std::string_view path) {
  const TomlDocument document = TomlDocument::parse(text, path);
  const auto project = table_of(document.root(), "project");
  const std::string requires_python = project ? string_of(*project, "requires-python") : "";
  try {
    static_cast<void>(SpecifierSet::parse(requires_python));
  } catch (const Error& error) {
    fail(path,
         concat(line_of(*project->find("requires-python")),
                "key 'requires-python' is wrong: ", error.message()),
         error.hint());
  }
  return requires_python;
}

bool is_project(std::string_view text, const std::string& path) {
  const TomlDocument document = TomlDocument::parse(text, path);
  const std::string folder(directory_of(path));
  return document.root().find("project") || document.root().find("build-system") ||
         ::access(concat(folder, "/setup.py").c_str(), F_OK) == 0 ||
         ::access(concat(folder, "/setup.cfg").c_str(), F_OK) == 0;
}

std::vector<std::string> read_extras(std::string_view text, std::string_view path) {
  const TomlDocument document = TomlDocument::parse(text, path);
  const auto project = table_of(document.root(), "project");
  const auto extras = project ? table_of(*project, "optional-dependencies") : std::nullopt;
  std::vector<std::string> names;
  if (extras) {
    for (const auto& [name, value] : extras->entries()) {
      names.push_back(normalize_name(name));
    }
  }
  return names;
}

std::vector<std::string> read_optional_groups(std::string_view text, std::string_view path) {
  const TomlDocument document = TomlDocument::parse(text, path);
  const auto tool = table_of(document.root(), "tool");
  const auto poetry = tool ? table_of(*tool, "poetry") : std::nullopt;
  const auto groups = poetry ? table_of(*poetry, "group") : std::nullopt;
  std::vector<std::string> names;
  if (groups) {
    for (const auto& [name, group] : groups->entries()) {
      const auto optional =
          group.kind() == TomlNode::Kind::table ? group.find("optional") : std::nullopt;
      if (optional && optional->kind() == TomlNode::Kind::boolean && optional->boolean()) {
        names.push_back(normalize_name(name));
      }
    }
  }
  return names;
}

ScriptRequirements read_script_requirements(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) {
    throw Error(ErrorCode::not_found, concat("cannot read ", path, ": no such file"));
  }
  const Script script = read_script(path);
  if (script.block.empty()) {
    fail_without_block(path);
  }
  const ScriptMetadata metadata =
      parse_script_metadata(script.block, {script.path, script.directory, script.first_line});
  ScriptRequirements result;
  for (const ScriptMetadata::Dependency& dependency : metadata.dependencies) {
    result.requirements.push_back(dependency.requirement.text);
  }
  if (metadata.requires_python) {
    result.requires_python = metadata.requires_python->text();
  }
  result.lock = metadata.lock.empty()
                    ? lock_beside(script.path).value_or(concat(script.path, ".lock"))
                    : metadata.lock;
  return result;
}

}  // namespace pel
