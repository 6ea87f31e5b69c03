#include "frontend/lock_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>

#include "lock/characters.hpp"
#include "lock/version.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

bool is_bare_key(std::string_view key) noexcept {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_';
  });
}

std::string toml_key(std::string_view key) {
  return is_bare_key(key) ? std::string(key) : toml_string(key);
}

std::string toml_strings(std::vector<std::string> values) {
  std::string text = "[";
  for (const std::string& value : values) {
    text += concat(text.size() > 1 ? ", " : "", toml_string(value));
  }
  return text + "]";
}

void add_line(std::string& text, std::string_view key, std::string_view value) {
  if (!value.empty()) {
    text += concat(key, " = ", toml_string(value), "\n");
  }
}

void add_names(std::string& text, std::string_view key, std::vector<std::string> names) {
  if (!names.empty()) {
    std::ranges::sort(names);
    text += concat(key, " = ", toml_strings(std::move(names)), "\n");
  }
}

std::string file_table(const DraftFile& file) {
  Entries entries;
  const std::string place =
      file.path.empty() ? file_name_of_url(file.url) : std::string(name_of(file.path));
  if (!file.name.empty() && file.name != place) {
    entries.emplace_back("name", toml_string(file.name));
  }
  if (!file.url.empty()) {
    entries.emplace_back("url", toml_string(file.url));
  }
  if (!file.path.empty()) {
    entries.emplace_back("path", toml_string(file.path));
  }
  if (file.size) {
    entries.emplace_back("size", std::to_string(*file.size));
  }
  Entries hashes;
  for (const auto& [algorithm, digest] : file.hashes) {
    hashes.emplace_back(algorithm, toml_string(digest));
  }
  std::ranges::sort(hashes);
  entries.emplace_back("hashes", toml_inline_table(hashes));
  return toml_inline_table(entries);
}

std::string package_table(DraftPackage& package) {
  std::string text = concat("\n[[packages]]\nname = ", toml_string(package.name), "\n");
  add_line(text, "version", package.version);
  add_line(text, "marker", package.marker);
  add_line(text, "requires-python", package.requires_python);
  add_line(text, "index", package.index);
  if (!package.source_key.empty()) {
    text += concat(package.source_key, " = ", package.source_text, "\n");
  }
  if (package.sdist) {
    text += concat("sdist = ", file_table(*package.sdist), "\n");
  }
  std::vector<std::string> wheels;
  for (const DraftFile& wheel : package.wheels) {
    wheels.push_back(file_table(wheel));
  }
  std::ranges::sort(wheels);
  if (!wheels.empty()) {
    text += "wheels = [\n";
    for (const std::string& wheel : wheels) {
      text += concat("    ", wheel, ",\n");
    }
    text += "]\n";
  }
  return text;
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(byte));
      result += escape.data();
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string toml_inline_table(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string text;
  for (const auto& [key, value] : entries) {
    text += concat(text.empty() ? " " : ", ", toml_key(key), " = ", value);
  }
  return concat("{", text, text.empty() ? "}" : " }");
}

std::string lock_text(LockDraft draft) {
  std::string text = "lock-version = \"1.0\"\n";
  if (!draft.environments.empty()) {
    text += concat("environments = ", toml_strings(draft.environments), "\n");
  }
  add_line(text, "requires-python", draft.requires_python);
  add_names(text, "extras", draft.extras);
  add_names(text, "dependency-groups", draft.groups);
  add_names(text, "default-groups", draft.default_groups);
  text += "created-by = \"pyenvlaunch\"\n";
  const auto key = [](const DraftPackage& package) {
    return std::tie(package.name, package.version, package.marker, package.source_text);
  };
  std::ranges::sort(draft.packages,
                    [&](const DraftPackage& a, const DraftPackage& b) { return key(a) < key(b); });
  if (draft.packages.empty()) {
    text += "packages = []\n";
  }
  for (DraftPackage& package : draft.packages) {
    text += package_table(package);
  }
  if (!draft.own.empty()) {
    text += "\n[tool.pyenvlaunch]\n";
    for (const auto& [name, value] : draft.own) {
      text += concat(toml_key(name), " = ", value, "\n");
    }
  }
  return text;
}

}  // namespace pel
