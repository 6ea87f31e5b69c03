#include "frontend/uv_settings.hpp"

#include <array>

#include "frontend/foreign_toml.hpp"
#include "frontend/lock_text.hpp"
#include "lock/dependency_specifier.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using Kind = TomlNode::Kind;

// Those that `uv pip compile` has as options of the same names.
constexpr std::array<std::string_view, 6> kOptions = {"exclude-newer",  "fork-strategy",
                                                      "index-strategy", "keyring-provider",
                                                      "prerelease",     "resolution"};

constexpr std::array<std::string_view, 11> kOthers = {"build-constraint-dependencies",
                                                      "dependency-metadata",
                                                      "environments",
                                                      "exclude-dependencies",
                                                      "exclude-newer-package",
                                                      "no-binary",
                                                      "no-binary-package",
                                                      "no-build",
                                                      "no-build-package",
                                                      "no-sources",
                                                      "prerelease-package"};

bool is_place_with_scheme(std::string_view place) {
  return place.find("://") != std::string_view::npos || place.starts_with("file:");
}

std::string absolute_place(std::string_view place, std::string_view folder) {
  return place.empty() || place.starts_with('/') || is_place_with_scheme(place)
             ? std::string(place)
             : lexically_normal(concat(folder, "/", place));
}

bool is_true(TomlNode table, std::string_view key) {
  const auto value = table.find(key);
  return value && value->kind() == Kind::boolean && value->boolean();
}

void add_index(TomlNode index, std::string_view folder, UvSettings& settings) {
  const std::string name = toml_text(index, "name");
  const std::string url = absolute_place(toml_text(index, "url"), folder);
  if (is_true(index, "explicit") || url.empty()) {
    return;
  }
  if (is_true(index, "default")) {
    settings.default_index = url;
  } else if (toml_text(index, "format") == "flat") {
    settings.find_links.push_back(url);
  } else {
    settings.indexes.push_back(name.empty() ? url : concat(name, "=", url));
  }
}

// A value of [tool.uv] as TOML, with places that start from another folder.
std::string moved_value(TomlNode node, std::string_view key, std::string_view folder) {
  switch (node.kind()) {
    case Kind::string:
      return toml_string(key == "path" || key == "url" ? absolute_place(node.string(), folder)
                                                       : node.string());
    case Kind::integer:
      return std::to_string(node.integer());
    case Kind::boolean:
      return node.boolean() ? "true" : "false";
    case Kind::array: {
      std::string text;
      for (std::size_t i = 0; i < node.size(); ++i) {
        text += concat(text.empty() ? "" : ", ", moved_value(node.at(i), key, folder));
      }
      return concat("[", text, "]");
    }
    case Kind::table: {
      std::vector<std::pair<std::string, std::string>> entries;
      for (const auto& [name, value] : node.entries()) {
        entries.emplace_back(name, moved_value(value, name, folder));
      }
      return toml_inline_table(entries);
    }
    case Kind::floating_point:
    case Kind::date_time:
    case Kind::date_or_time:
      break;
  }
  return "\"\"";
}

std::string moved_requirement(std::string text, std::string_view folder) {
  const auto requirement = DependencySpecifier::try_parse(text);
  if (requirement && !requirement->url.empty()) {
    const std::string place = absolute_place(requirement->url, folder);
    text.replace(text.find(requirement->url), requirement->url.size(), place);
  }
  return text;
}

std::string project_text(TomlNode root, TomlNode uv, std::string_view folder) {
  std::string dependencies;
  for (const std::string& text : toml_texts(root, "dependencies")) {
    dependencies += concat(toml_string(moved_requirement(text, folder)), ", ");
  }
  const std::string requires_python = toml_text(root, "requires-python");
  std::string text = concat("[project]\nname = \"pyenvlaunch-script\"\nversion = \"0\"\n",
                            "dependencies = [", dependencies, "]\n");
  if (!requires_python.empty()) {
    text += concat("requires-python = ", toml_string(requires_python), "\n");
  }
  text += "\n[tool.uv]\n";
  for (const std::string_view key : {"sources", "index", "no-sources"}) {
    if (const auto value = uv.find(key)) {
      text += concat(key, " = ", moved_value(*value, key, folder), "\n");
    }
  }
  return text;
}

}  // namespace

UvSettings read_uv_settings(TomlNode table, std::string_view folder) {
  UvSettings settings;
  settings.default_index = absolute_place(toml_text(table, "index-url"), folder);
  for (const TomlNode index : toml_tables(table, "index")) {
    add_index(index, folder, settings);
  }
  for (const std::string& url : toml_texts(table, "extra-index-url")) {
    settings.indexes.push_back(absolute_place(url, folder));
  }
  for (const std::string& place : toml_texts(table, "find-links")) {
    settings.find_links.push_back(absolute_place(place, folder));
  }
  settings.no_index = is_true(table, "no-index");
  settings.constraints = toml_texts(table, "constraint-dependencies");
  settings.overrides = toml_texts(table, "override-dependencies");
  for (const std::string_view key : kOptions) {
    if (std::string value = toml_text(table, key); !value.empty()) {
      settings.options.emplace_back(key, std::move(value));
    }
  }
  for (const std::string_view key : kOthers) {
    if (table.find(key)) {
      settings.others.emplace_back(key);
    }
  }
  return settings;
}

ScriptForUv script_for_uv(std::string_view block, std::string_view path, std::string_view folder) {
  const TomlDocument document = TomlDocument::parse(block, path);
  const auto tool = toml_table(document.root(), "tool");
  const auto uv = tool ? toml_table(*tool, "uv") : std::nullopt;
  return uv ? ScriptForUv{project_text(document.root(), *uv, folder), read_uv_settings(*uv, folder)}
            : ScriptForUv{};
}

}  // namespace pel
