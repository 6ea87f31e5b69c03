#include "store/environment/environment_id.hpp"

#include <cstdint>

#include "store/base/key_hasher.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kVersion = 1;

}  // namespace

std::string environment_id(std::span<const std::string> wheel_ids,
                           const InterpreterFacts& interpreter, const Lock& lock,
                           const std::string& build_id) {
  KeyHasher hasher;
  hasher.add(kVersion);
  hasher.add(build_id);
  hasher.add_file(interpreter.executable);
  hasher.add_file(interpreter.libpython);
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
