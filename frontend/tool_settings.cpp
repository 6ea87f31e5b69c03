#include "frontend/tool_settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "frontend/foreign_toml.hpp"
#include "frontend/scratch_directory.hpp"
#include "frontend/uv_settings.hpp"
#include "lock/characters.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::vector<std::string> words_of(std::string text, char separator) {
  std::ranges::replace(text, separator, ' ');
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(std::move(word));
  }
  return words;
}

bool is_yes(std::string_view value) {
  const std::string word = lowered(trim(value));
  return word == "1" || word == "true" || word == "yes" || word == "on" || word == "y" ||
         word == "t";
}

// The user's folder of settings, and those of the system, the most important one first.
std::string user_folder() {
  const std::string own = variable("XDG_CONFIG_HOME");
  return own.starts_with('/') ? own : concat(variable("HOME"), "/.config");
}

std::vector<std::string> system_folders() {
  const std::string own = variable("XDG_CONFIG_DIRS");
  return words_of(own.empty() ? "/etc/xdg" : own, ':');
}

// The text, or nothing for a file that is not there, or cannot be read.
std::optional<std::string> text_of(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    return std::nullopt;
  }
  try {
    return read_file(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void set_pip_value(const std::string& key, const std::string& value, ToolPlaces& places) {
  if (key == "index-url" || key == "pypi-url") {
    places.default_index = std::string(trim(value));
  } else if (key == "extra-index-url") {
    places.extra_indexes = words_of(value, '\n');
  } else if (key == "find-links") {
    places.find_links = words_of(value, '\n');
  } else if (key == "no-index") {
    places.no_index = is_yes(value);
  }
}

// The settings with [tool.uv] of a folder, or nothing if it has none.
std::optional<UvSettings> uv_settings_in(const std::string& folder) {
  for (const char* const name : {"uv.toml", "pyproject.toml"}) {
    const std::string path = concat(folder, folder.ends_with('/') ? "" : "/", name);
    const auto text = text_of(path);
    if (!text) {
      continue;
    }
    try {
      const TomlDocument document = TomlDocument::parse(*text, path);
      if (std::string_view(name) == "uv.toml") {
        return read_uv_settings(document.root(), folder);
      }
      const auto tool = toml_table(document.root(), "tool");
      if (const auto uv = tool ? toml_table(*tool, "uv") : std::nullopt) {
        return read_uv_settings(*uv, folder);
      }
    } catch (const Error&) {  // uv says what is wrong with it
    }
  }
  return std::nullopt;
}

void add_uv_settings(const UvSettings& settings, ToolPlaces& places) {
  if (places.default_index.empty()) {
    places.default_index = settings.default_index;
  }
  places.extra_indexes.insert(places.extra_indexes.end(), settings.indexes.begin(),
                              settings.indexes.end());
  places.find_links.insert(places.find_links.end(), settings.find_links.begin(),
                           settings.find_links.end());
  places.no_index = places.no_index || settings.no_index;
}

void add_uv_file(const std::string& path, ToolPlaces& places) {
  const auto text = text_of(path);
  if (!text) {
    return;
  }
  try {
    const TomlDocument document = TomlDocument::parse(*text, path);
    add_uv_settings(read_uv_settings(document.root(), directory_of(path)), places);
  } catch (const Error&) {  // uv says what is wrong with it
  }
}

void add_once(const std::string& url, std::vector<std::string>& urls) {
  if (!url.empty() && std::ranges::find(urls, url) == urls.end()) {
    urls.push_back(url);
  }
}

}  // namespace

void read_pip_settings(std::string_view text, ToolPlaces& places) {
  // A value of a command's section wins over the one of [global] in the same file.
  std::map<std::string, std::map<std::string, std::string>> sections;
  std::istringstream lines{std::string(text)};
  std::string section;
  std::string* value = nullptr;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view content = trim(line);
    const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
    if (content.empty() || content.starts_with('#') || content.starts_with(';')) {
      continue;
    }
    if (is_indented && value != nullptr) {
      *value += concat("\n", content);
      continue;
    }
    value = nullptr;
    if (content.starts_with('[')) {
      section = content.substr(1, content.find(']') - 1);
      continue;
    }
    const std::size_t sign = content.find_first_of("=:");
    if (sign != std::string_view::npos) {
      std::string key = lowered(trim(content.substr(0, sign)));
      std::ranges::replace(key, '_', '-');
      value = &sections[section][key];
      *value = trim(content.substr(sign + 1));
    }
  }
  for (const char* const name : {"global", "install", "lock"}) {
    for (const auto& [key, text_of_value] : sections[name]) {
      set_pip_value(key, text_of_value, places);
    }
  }
}

ToolPlaces places_of_pip(const std::string& venv) {
  std::vector<std::string> files;
  const std::string named = variable("PIP_CONFIG_FILE");
  if (named != "/dev/null") {
    const std::vector<std::string> folders = system_folders();
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
      files.push_back(concat(*folder, "/pip/pip.conf"));
    }
    files.insert(files.end(), {"/etc/pip.conf", concat(variable("HOME"), "/.pip/pip.conf"),
                               concat(user_folder(), "/pip/pip.conf")});
    if (!venv.empty()) {
      files.push_back(concat(venv, "/pip.conf"));
    }
    if (!named.empty()) {
      files.push_back(named);
    }
  }
  ToolPlaces places;
  for (const std::string& file : files) {
    if (const auto text = text_of(file)) {
      read_pip_settings(*text, places);
    }
  }
  const std::pair<const char*, const char*> variables[] = {
      {"PIP_INDEX_URL", "index-url"},
      {"PIP_EXTRA_INDEX_URL", "extra-index-url"},
      {"PIP_FIND_LINKS", "find-links"},
      {"PIP_NO_INDEX", "no-index"}};
  for (const auto& [name, key] : variables) {
    if (const std::string value = variable(name); !value.empty()) {
      set_pip_value(key, value, places);
    }
  }
  return places;
}

ToolPlaces places_of_uv(const std::string& folder) {
  ToolPlaces places;
  for (const char* const name : {"UV_DEFAULT_INDEX", "UV_INDEX_URL"}) {
    if (places.default_index.empty()) {
      places.default_index = without_index_name(variable(name));
    }
  }
  for (const char* const name : {"UV_INDEX", "UV_EXTRA_INDEX_URL"}) {
    const std::vector<std::string> words = words_of(variable(name), '\n');
    places.extra_indexes.insert(places.extra_indexes.end(), words.begin(), words.end());
  }
  places.find_links = words_of(variable("UV_FIND_LINKS"), ',');
  places.no_index = is_yes(variable("UV_NO_INDEX"));
  if (is_yes(variable("UV_NO_CONFIG"))) {
    return places;
  }
  if (const std::string named = variable("UV_CONFIG_FILE"); !named.empty()) {
    add_uv_file(named, places);
    return places;
  }
  for (std::string above = folder; above.starts_with('/'); above = directory_of(above)) {
    if (const auto settings = uv_settings_in(above)) {
      add_uv_settings(*settings, places);
      break;
    }
    if (above == "/") {
      break;
    }
  }
  add_uv_file(concat(user_folder(), "/uv/uv.toml"), places);
  for (const std::string& system : system_folders()) {
    add_uv_file(concat(system, "/uv/uv.toml"), places);
  }
  add_uv_file("/etc/uv/uv.toml", places);
  return places;
}

std::string folder_of_uv(const ResolveRequest& request) {
  return request.project.empty() ? working_directory() : directory_of(request.project);
}

ToolPlaces places_of_tools(const std::string& venv, const std::string& folder) {
  const ToolPlaces uv = places_of_uv(folder);
  const ToolPlaces pip = places_of_pip(venv);
  ToolPlaces places;
  places.default_index = uv.default_index.empty() ? pip.default_index : uv.default_index;
  for (const std::string& index : uv.extra_indexes) {
    add_once(without_index_name(index), places.extra_indexes);
  }
  if (pip.default_index != places.default_index) {
    add_once(pip.default_index, places.extra_indexes);
  }
  for (const std::string& index : pip.extra_indexes) {
    add_once(index, places.extra_indexes);
  }
  for (const ToolPlaces& tool : {uv, pip}) {
    for (const std::string& place : tool.find_links) {
      add_once(place, places.find_links);
    }
  }
  places.no_index = uv.no_index || pip.no_index;
  return places;
}

void add_find_links_of_tools(const ToolPlaces& tools, std::vector<std::string>& find_links) {
  for (const std::string& place : tools.find_links) {
    if (is_http_url(place) ||
        ::access(path_of_file_url(place).value_or(place).c_str(), F_OK) == 0) {
      add_once(place, find_links);
    }
  }
}

std::string venv_of_pip() {
  return variable("VIRTUAL_ENV");
}

std::string working_directory() {
  return lexically_normal(absolute_path("."));
}

std::string without_index_name(const std::string& index) {
  return is_http_url(index) ? index : index.substr(index.find('=') + 1);
}

}  // namespace pel
