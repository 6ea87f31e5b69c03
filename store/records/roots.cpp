#include "store/records/roots.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/json_path.hpp"
#include "store/records/root_reader.hpp"

namespace pel {
namespace {

constexpr const char* kLocks = "locks";

const char* name_of(RootKind kind) noexcept {
  switch (kind) {
    case RootKind::venv:
      return "venv";
    case RootKind::shim:
      return "shim";
    case RootKind::environment:
      break;
  }
  return "environment";
}

// The root of a directory that is at its place for good.
std::string root_file_of(const StoreLayout& layout, std::string_view kind,
                         std::string_view directory) {
  constexpr std::size_t kDigits = 16;
  KeyHasher hasher;
  hasher.add(directory);
  return concat(layout.roots(), "/", kind, "-", hasher.hex().substr(0, kDigits));
}

// The locks of the root that is there, but for `path`.
nlohmann::ordered_json other_locks(const std::string& file, const std::string& path) {
  auto others = nlohmann::ordered_json::array();
  for (const RootLock& lock : read_root(file).locks) {
    if (lock.path != path && ::access(lock.path.c_str(), F_OK) == 0) {
      others.push_back({{"path", json_path(lock.path)}, {"digest", lock.digest}});
    }
  }
  return others;
}

std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(1, ' ') + "\n";
}

std::string serialize(const EnvironmentRoot& root, nlohmann::ordered_json locks) {
  nlohmann::ordered_json json;
  json["kind"] = name_of(root.kind);
  json["environment"] = root.environment_id;
  json["prefix"] = json_path(root.prefix);
  json["lock"] = json_path(root.lock);
  locks.push_back({{"path", json_path(root.lock)}, {"digest", root.lock_digest}});
  json[kLocks] = std::move(locks);
  json["launcher"] = root.launcher;
  json["wheels"] = nlohmann::ordered_json::array();
  for (const std::string& id : root.wheel_ids) {
    json["wheels"].push_back(id);
  }
  json["composites"] = nlohmann::ordered_json::array();
  for (const std::string& id : root.composite_ids) {
    json["composites"].push_back(id);
  }
  return text_of(json);
}

// What cannot be read is replaced.
bool has_text(const std::string& path, const std::string& text) {
  try {
    return read_file_if_any(path) == text;
  } catch (const Error&) {
    return false;
  }
}

void replace_file(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace

std::string root_file(const StoreLayout& layout, std::string_view environment_id,
                      std::string_view prefix) {
  constexpr std::size_t kDigits = 8;
  KeyHasher hasher;
  hasher.add(prefix);
  return concat(layout.roots(), "/env-", environment_id, "-", hasher.hex().substr(0, kDigits));
}

std::string venv_root_file(const StoreLayout& layout, std::string_view directory) {
  return root_file_of(layout, "venv", directory);
}

std::string shim_root_file(const StoreLayout& layout, std::string_view prefix) {
  return root_file_of(layout, "shim", prefix);
}

std::string root_file(const StoreLayout& layout, const EnvironmentRoot& root) {
  return root.kind == RootKind::environment ? root_file(layout, root.environment_id, root.prefix)
                                            : root_file_of(layout, name_of(root.kind), root.prefix);
}

std::string lock_text_digest(std::string_view text) {
  KeyHasher hasher;
  hasher.add(text);
  return hasher.hex();
}

void write_root(const StoreLayout& layout, const EnvironmentRoot& root) {
  const std::string path = root_file(layout, root);
  // A directory of somebody's own is made for one lock after the other, and needs the last alone.
  const std::string text =
      serialize(root, root.kind == RootKind::environment ? other_locks(path, root.lock)
                                                         : nlohmann::ordered_json::array());
  if (!has_text(path, text)) {
    replace_file(path, text);
  }
}

void retire_root(const std::string& file) {
  const auto text = read_file_if_any(file);
  if (!text) {
    return;
  }
  auto json = nlohmann::ordered_json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    return;
  }
  json["lock"] = "";
  json[kLocks] = nlohmann::ordered_json::array();
  replace_file(file, text_of(json));
}

void remove_root(const StoreLayout& layout, std::string_view environment_id,
                 std::string_view prefix) {
  remove_file(root_file(layout, environment_id, prefix));
}

}  // namespace pel
