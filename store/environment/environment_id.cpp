#include "store/environment/environment_id.hpp"

#include <cstdint>

#include "store/base/file_identity.hpp"
#include "store/base/key_hasher.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kVersion = 1;

void add_file(KeyHasher& hasher, const std::string& path) {
  const FileIdentity identity = identify(path.c_str()).value_or(FileIdentity{});
  hasher.add(path);
  hasher.add(identity.size);
  hasher.add(identity.mtime_ns);
  hasher.add(identity.inode);
  hasher.add(identity.device);
}

}  // namespace

std::string environment_id(std::span<const std::string> wheel_ids,
                           const InterpreterFacts& interpreter, const Lock& lock,
                           const std::string& build_id) {
  KeyHasher hasher;
  hasher.add(kVersion);
  hasher.add(build_id);
  add_file(hasher, interpreter.executable);
  add_file(hasher, interpreter.libpython);
  hasher.add(interpreter.version_line);
  hasher.add(interpreter.soabi);
  hasher.add(std::uint64_t{wheel_ids.size()});
  for (const std::string& id : wheel_ids) {
    hasher.add(id);
  }
  hasher.add(std::uint64_t{lock.scripts.size()});
  for (const EntryPointSpec& script : lock.scripts) {
    hasher.add(script.name);
    hasher.add(script.value);
  }
  hasher.add(std::uint64_t{lock.env.size()});
  for (const auto& [name, value] : lock.env) {
    hasher.add(name);
    hasher.add(value);
  }
  hasher.add(std::uint64_t{lock.source_paths.size()});
  for (const std::string& path : lock.source_paths) {
    hasher.add(path);
  }
  return hasher.hex();
}

}  // namespace pel
