#include "store/shims/shim_record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/base/key_hasher.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/prefix/entry_point.hpp"
#include "store/records/file_system.hpp"
#include "store/records/json_path.hpp"
#include "store/records/own_places.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

Json paths(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) {
    json.push_back(json_path(text));
  }
  return json;
}

bool read(const Json& json, const char* key, std::string& target) {
  const auto found = json.find(key);
  const auto path = found == json.end() ? std::nullopt : path_of_json(*found);
  target = path.value_or("");
  return path.has_value();
}

bool read(const Json& json, const char* key, bool& target) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_boolean()) {
    return false;
  }
  target = found->get<bool>();
  return true;
}

bool read(const Json& json, const char* key, std::vector<std::string>& target) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) {
    return false;
  }
  for (const Json& item : *found) {
    const auto text = path_of_json(item);
    if (!text) {
      return false;
    }
    target.push_back(*text);
  }
  return true;
}

}  // namespace

std::string write_shim_record(const ShimRecord& record) {
  Json json;
  json["lock"] = json_path(record.lock);
  json["directory"] = json_path(record.directory);
  json["all"] = record.all;
  json["names"] = paths(record.names);
  json["python"] = json_path(record.python_spec);
  json["extras"] = paths(record.selection.extras);
  json["groups"] = paths(record.selection.groups);
  json["default_groups"] = record.selection.default_groups;
  json["find_links"] = paths(record.find_links);
  return json.dump(1, ' ') + "\n";
}

std::optional<ShimRecord> parse_shim_record(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  ShimRecord record;
  if (!json.is_object() || !read(json, "lock", record.lock) ||
      !read(json, "directory", record.directory) || !read(json, "all", record.all) ||
      !read(json, "names", record.names) || !read(json, "python", record.python_spec) ||
      !read(json, "extras", record.selection.extras) ||
      !read(json, "groups", record.selection.groups) ||
      !read(json, "default_groups", record.selection.default_groups) ||
      !read(json, "find_links", record.find_links) || !record.lock.starts_with('/') ||
      !record.directory.starts_with('/') ||
      std::ranges::any_of(record.names, [](const std::string& name) {
        return script_name_problem(name) != nullptr;
      })) {
    return std::nullopt;
  }
  return record;
}

std::optional<ShimRecord> read_shim_record(const std::string& prefix) {
  const auto text = read_file_if_any(concat(prefix, "/", kShimRecordFile));
  return text ? parse_shim_record(*text) : std::nullopt;
}

std::string shim_prefix(std::string_view home, std::string_view lock, std::string_view directory) {
  constexpr std::size_t kDigits = 12;
  constexpr std::size_t kMaxStem = 40;
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  KeyHasher hasher;
  hasher.add(lock);
  hasher.add(directory);
  // Plain characters only: long or odd paths make first lines of scripts that need a shell.
  std::string stem;
  for (const char c : name_of(lock).substr(0, kMaxStem)) {
    stem += kPlain.find(c) == std::string_view::npos ? '-' : c;
  }
  return concat(shim_home(home), "/", stem, "-", hasher.hex().substr(0, kDigits));
}

}  // namespace pel
