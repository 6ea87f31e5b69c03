#include "store/records/root_reader.hpp"

#include <unistd.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/json_path.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

// A path: text, or {"hex": …} when it is no UTF-8. Empty if it is neither.
std::string path_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) {
    return {};
  }
  return path_of_json(*found).value_or("");
}

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// False if the list holds something that can be no id.
bool read_ids(const Json& json, const char* key, std::vector<std::string>& ids) {
  const auto found = json.find(key);
  if (found == json.end()) {
    return true;
  }
  if (!found->is_array()) {
    return false;
  }
  for (const Json& item : *found) {
    if (!item.is_string() || !is_store_id(item.get<std::string>())) {
      return false;
    }
    ids.push_back(item.get<std::string>());
  }
  return true;
}

void read_locks(const Json& json, StoredRoot& root) {
  const auto locks = json.find("locks");
  if (locks == json.end() || !locks->is_array()) {
    if (std::string lock = path_in(json, "lock"); !lock.empty()) {
      root.locks.push_back({std::move(lock), {}});
    }
    return;
  }
  for (const Json& item : *locks) {
    if (item.is_object()) {
      root.locks.push_back({path_in(item, "path"), text_in(item, "digest")});
    }
  }
}

}  // namespace

StoredRoot read_root(const std::string& file) {
  StoredRoot root;
  root.file = file;
  std::optional<std::string> text;
  try {
    text = read_file_if_any(file);
  } catch (const Error& error) {
    root.damage = error.message();
  }
  if (!text) {
    return root;
  }
  const Json json = Json::parse(*text, nullptr, false);
  StoredRoot read;
  read.file = file;
  if (!json.is_object() || text_in(json, "kind").empty() ||
      !read_ids(json, "wheels", read.wheel_ids) ||
      !read_ids(json, "composites", read.composite_ids)) {
    root.damage = concat("cannot read root ", file, ": it is damaged");
    return root;
  }
  read.kind = text_in(json, "kind");
  read.environment_id = text_in(json, "environment");
  read.prefix = path_in(json, "prefix");
  read.launcher = text_in(json, "launcher");
  read.target = path_in(json, "target");
  read_locks(json, read);
  return read;
}

namespace {

std::vector<DirectoryEntry> read_entries(const std::string& folder) {
  return with_default_hint("only its owner sees who uses a store",
                           [&] { return read_directory(folder); });
}

}  // namespace

bool may_read_roots(const StoreLayout& layout) {
  return ::access(layout.roots().c_str(), R_OK | X_OK) == 0;
}

std::vector<StoredRoot> read_roots(const StoreLayout& layout) {
  std::vector<StoredRoot> roots;
  for (const DirectoryEntry& entry : read_entries(layout.roots())) {
    if (!entry.is_directory && !entry.name.starts_with('.')) {
      roots.push_back(read_root(concat(layout.roots(), "/", entry.name)));
    }
  }
  return roots;
}

}  // namespace pel
