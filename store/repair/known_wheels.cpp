#include "store/repair/known_wheels.hpp"

#include <set>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/build/built_wheels.hpp"
#include "store/format/lock_text.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store.hpp"
#include "store/tree/wheel_file.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {
std::map<std::string, LockedArtifact, std::less<>> known_wheels(const StoreLayout& layout) {
  std::map<std::string, LockedArtifact, std::less<>> known;
  std::set<std::string> seen;
  for (const StoredRoot& root : read_roots(layout)) {
    for (const RootLock& root_lock : root.locks) {
      std::string text;
      if (!seen.insert(root_lock.path).second ||
          read_text_file(root_lock.path, kMaxLockSize, text) != 0) {
        continue;
      }
      try {
        for (const LockedPackage& package : parse_lock(text, root_lock.path).packages) {
          for (const LockedArtifact& wheel : package.wheels) {
            known.emplace(Store::id_of(WheelName::parse(wheel.file_name), *wheel.sha256), wheel);
          }
        }
      } catch (const Error&) {  // not the lock that it was
        continue;
      }
    }
  }
  for (BuiltWheels::Entry& built : BuiltWheels(layout).list()) {
    known.emplace(std::move(built.id), std::move(built.wheel));
  }
  return known;
}

std::optional<LockedArtifact> wheel_in_folders(std::span<const std::string> folders,
                                               std::string_view id) {
  const std::string_view without_hash = id.substr(0, id.rfind('-') + 1);
  for (const std::string& folder : folders) {
    for (const DirectoryEntry& entry : read_directory(folder)) {
      try {
        const WheelName name = WheelName::parse(entry.name);
        if (!Store::id_of(name, {}).starts_with(without_hash)) {
          continue;
        }
        const WheelFile file(concat(folder, "/", entry.name));
        if (Store::id_of(name, file.sha256()) == id) {
          LockedArtifact wheel;
          wheel.file_name = entry.name;
          wheel.sha256 = file.sha256();
          return wheel;
        }
      } catch (const Error&) {  // no wheel
        continue;
      }
    }
  }
  return std::nullopt;
}

}  // namespace pel
