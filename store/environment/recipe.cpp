#include "store/environment/recipe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/config_path.hpp"
#include "store/format/recipe_file.hpp"

namespace pel {
namespace {

constexpr std::array<std::pair<RootKind, std::string_view>, 3> kKinds = {{
    {RootKind::environment, "environment"},
    {RootKind::venv, "venv"},
    {RootKind::shim, "shim"},
}};
constexpr std::string_view kTrue = "true";
constexpr std::string_view kFalse = "false";

// Members that are one text each, with their keys.
struct TextMember {
  std::string_view key;
  std::string Recipe::* member;
};

constexpr std::array<TextMember, 10> kTexts = {{
    {"pyenvlaunch-store", &Recipe::store},
    {"pyenvlaunch-launcher", &Recipe::launcher},
    {"prefix", &Recipe::prefix},
    {"cache", &Recipe::cache},
    {"environment", &Recipe::environment_id},
    {"interpreter", &Recipe::interpreter},
    {"lock", &Recipe::lock},
    {"lock-digest", &Recipe::lock_digest},
    {"prompt", &Recipe::prompt},
    {"python", &Recipe::python_spec},
}};

class Lines {
 public:
  void add(std::string_view key, std::string_view value) {
    text_ += concat(key, " = ", encode_config_path(value), "\n");
  }

  void add(std::string_view key, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      add(key, value);
    }
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_ = "pyenvlaunch = 1\n";
};

// Keys that come any number of times; false for another one.
bool read_repeated(Recipe& recipe, std::string_view key, std::string&& value) {
  if (key == "script") {
    recipe.scripts.push_back({std::move(value), {}});
  } else if (key == "script-value" && !recipe.scripts.empty()) {
    recipe.scripts.back().value = std::move(value);
  } else if (key == "variable") {
    recipe.env.emplace_back(std::move(value), std::string());
  } else if (key == "variable-value" && !recipe.env.empty()) {
    recipe.env.back().second = std::move(value);
  } else if (key == "source-path") {
    recipe.source_paths.push_back(std::move(value));
  } else if (key == "extra") {
    recipe.selection.extras.push_back(std::move(value));
  } else if (key == "group") {
    recipe.selection.groups.push_back(std::move(value));
  } else if (key == "find-links") {
    recipe.find_links.push_back(std::move(value));
  } else {
    return false;
  }
  return true;
}

void read_line(Recipe& recipe, std::string_view key, std::string&& value, bool& has_kind) {
  if (const auto text = std::ranges::find(kTexts, key, &TextMember::key); text != kTexts.end()) {
    recipe.*text->member = std::move(value);
  } else if (key == "kind") {
    const auto kind = std::ranges::find(kKinds, value, [](const auto& row) { return row.second; });
    has_kind = kind != kKinds.end();
    recipe.kind = has_kind ? kind->first : recipe.kind;
  } else if (key == "hosted") {
    recipe.hosted = value == kTrue;
  } else if (key == "default-groups") {
    recipe.selection.default_groups = value == kTrue;
  } else if (key == "follow") {
    recipe.follows = value == kTrue ? Follows::lock : Follows::nothing;
  } else {
    read_repeated(recipe, key, std::move(value));
  }
}

bool is_complete(const Recipe& recipe) {
  return recipe.prefix.starts_with('/') && recipe.store.starts_with('/') &&
         recipe.cache.starts_with('/') && recipe.interpreter.starts_with('/') &&
         !recipe.launcher.empty() && !recipe.environment_id.empty() &&
         (recipe.kind != RootKind::venv || !recipe.lock.empty());
}

}  // namespace

std::string write_recipe(const Recipe& recipe) {
  Lines lines;
  lines.add("kind",
            std::ranges::find(kKinds, recipe.kind, &decltype(kKinds)::value_type::first)->second);
  for (const TextMember& text : kTexts) {
    if (!(recipe.*text.member).empty()) {
      lines.add(text.key, recipe.*text.member);
    }
  }
  lines.add("hosted", recipe.hosted ? kTrue : kFalse);
  for (const EntryPointSpec& script : recipe.scripts) {
    lines.add("script", script.name);
    lines.add("script-value", script.value);
  }
  for (const auto& [name, value] : recipe.env) {
    lines.add("variable", name);
    lines.add("variable-value", value);
  }
  lines.add("source-path", recipe.source_paths);
  if (recipe.kind == RootKind::venv) {
    lines.add("follow", recipe.follows == Follows::lock ? kTrue : kFalse);
    lines.add("extra", recipe.selection.extras);
    lines.add("group", recipe.selection.groups);
    lines.add("default-groups", recipe.selection.default_groups ? kTrue : kFalse);
    lines.add("find-links", recipe.find_links);
  }
  return std::move(lines).take();
}

std::optional<Recipe> parse_recipe(std::string_view text) {
  Recipe recipe;
  bool has_kind = false;
  // A file that was cut has no line break at its end.
  if (!text.ends_with('\n')) {
    return std::nullopt;
  }
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    constexpr std::string_view kEquals = " = ";
    const std::size_t equals = line.find(kEquals);
    if (equals == std::string_view::npos) {
      return std::nullopt;
    }
    read_line(recipe, line.substr(0, equals),
              decode_config_path(line.substr(equals + kEquals.size())), has_kind);
  }
  return has_kind && is_complete(recipe) ? std::optional(std::move(recipe)) : std::nullopt;
}

std::optional<Recipe> read_recipe(const std::string& prefix) {
  const std::string path = concat(prefix, "/", kRecipeFile);
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  return file ? parse_recipe(
                    {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()})
              : std::nullopt;
}

}  // namespace pel
