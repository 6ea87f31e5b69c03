#include "store/environment/roots.hpp"

#include <nlohmann/json.hpp>

#include "store/base/atomic_file.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/environment/file_system.hpp"

namespace pel {
namespace {

std::string serialize(const EnvironmentRoot& root) {
  nlohmann::ordered_json json;
  json["kind"] = root.kind == RootKind::venv ? "venv" : "environment";
  json["environment"] = root.environment_id;
  json["prefix"] = root.prefix;
  json["lock"] = root.lock;
  json["wheels"] = nlohmann::ordered_json::array();
  for (const std::string& id : root.wheel_ids) {
    json["wheels"].push_back(id);
  }
  json["composites"] = nlohmann::ordered_json::array();
  for (const std::string& id : root.composite_ids) {
    json["composites"].push_back(id);
  }
  // Bytes that are no UTF-8 are replaced: the file's name tells roots apart, not its content.
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
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
  constexpr std::size_t kDigits = 16;
  KeyHasher hasher;
  hasher.add(directory);
  return concat(layout.roots(), "/venv-", hasher.hex().substr(0, kDigits));
}

void write_root(const StoreLayout& layout, const EnvironmentRoot& root) {
  const std::string path = root.kind == RootKind::venv
                               ? venv_root_file(layout, root.prefix)
                               : root_file(layout, root.environment_id, root.prefix);
  const std::string text = serialize(root);
  if (read_file_if_any(path) == text) {
    return;
  }
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void remove_root(const StoreLayout& layout, std::string_view environment_id,
                 std::string_view prefix) {
  remove_file(root_file(layout, environment_id, prefix));
}

}  // namespace pel
