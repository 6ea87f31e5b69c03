#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/build/build_sources.hpp"
#include "store/environment/environment.hpp"
#include "store/environment/environment_id.hpp"
#include "store/environment/locked_selection.hpp"
#include "store/format/table_format.hpp"
#include "store/layout/composites.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/prefix/environment_scripts.hpp"
#include "store/records/cache_layout.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

// Adds up what the environment's own files and symlinks cost. What is linked to the store has
// other names there; directories are not counted.
void measure(const std::string& path, EnvironmentDescription& description) {
  DIR* const directory = ::opendir(path.c_str());
  if (directory == nullptr) {
    return;
  }
  while (const dirent* const entry = ::readdir(directory)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    const std::string below = concat(path, "/", name);
    struct stat status{};
    if (name == "." || name == ".." || ::lstat(below.c_str(), &status) != 0) {
      continue;
    }
    if (S_ISDIR(status.st_mode)) {
      measure(below, description);
    } else if (status.st_nlink == 1) {
      ++description.prefix_inodes;
      description.prefix_size += static_cast<std::uint64_t>(status.st_size);
    }
  }
  ::closedir(directory);
}

std::uint64_t size_of(const std::string& path) {
  return identify(path.c_str()).value_or(FileIdentity{}).size;
}

}  // namespace

EnvironmentDescription describe_environment(const EnvironmentRequest& request) {
  const CacheLayout cache(request.locations.cache);
  const Store store(request.locations.home);
  LockedSelection locked = read_locked_selection(request, cache);

  EnvironmentDescription result;
  result.lock_path = request.lock_path;
  const bool built = find_built(store.layout(), locked.interpreter, locked.selection);
  std::vector<std::string> ids;
  for (const SelectedWheel& wheel : locked.selection.wheels) {
    if (wheel.wheel.file_name.empty()) {
      result.wheels.push_back({wheel.name, wheel.version, {}, false, 0});
      continue;
    }
    const WheelName name = WheelName::parse(wheel.wheel.file_name);
    const bool found = store.find(name, *wheel.wheel.sha256).has_value();
    ids.push_back(Store::id_of(name, *wheel.wheel.sha256));
    result.wheels.push_back({wheel.name, wheel.version, ids.back(), found, 0});
  }
  if (!built) {  // the environment is known only when its wheels are
    result.interpreter = std::move(locked.interpreter);
    return result;
  }
  result.environment_id = environment_id(ids, locked.interpreter, locked.lock, kBuildId);
  result.prefix = cache.prefix(result.environment_id);
  bool complete = std::ranges::all_of(result.wheels, &EnvironmentDescription::Wheel::present);
  if (complete) {
    const MappedTrees mapped(store.layout(), ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      result.wheels[i].installed_size = mapped.trees()[i].index.tree().installed_size;
    }
    for (PlannedComposite& planned : plan_composites(mapped.trees(), locked.interpreter)) {
      auto& composite = result.composites.emplace_back();
      composite.present = has_composite(store.layout(), planned.id);
      composite.id = std::move(planned.id);
      for (const std::uint32_t member : planned.members) {
        composite.wheel_ids.push_back(ids[member]);
      }
    }
    for (const auto& script : environment_scripts(mapped.trees(), locked.lock.scripts).scripts) {
      result.scripts.push_back(script.name);
    }
  }
  result.table_size = size_of(concat(result.prefix, "/", table_format::kFileName));
  complete = complete &&
             std::ranges::all_of(result.composites, &EnvironmentDescription::Composite::present);
  result.made = complete && result.table_size > 0;
  measure(result.prefix, result);
  result.interpreter = std::move(locked.interpreter);
  return result;
}

}  // namespace pel
