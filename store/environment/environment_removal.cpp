#include "store/environment/environment_removal.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/cache_layout.hpp"
#include "store/environment/file_system.hpp"
#include "store/environment/prefix_retirement.hpp"
#include "store/environment/roots.hpp"
#include "store/environment/selections.hpp"
#include "store/tree/store_lock.hpp"

namespace pel {
namespace {

// The path with all links resolved; as given when the file is gone.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real == nullptr ? path : std::string(real.get());
}

// A record is believed only where it names a directory that this cache can have made.
bool is_prefix_of(const CacheLayout& cache, const std::string& prefix) {
  const std::string_view name = name_of(prefix);
  return name.size() > 2 && prefix == cache.prefix(name);
}

// The store that the environment was made with, which need not be the one in use now.
std::string home_of(const SelectionRecord& record) {
  return directory_of(directory_of(record.store));
}

// Of each store that the records name: nobody makes an environment of it meanwhile.
class StoreLocks {
 public:
  void lock(const StoreLayout& layout) {
    struct stat status{};
    if (locked_.insert(layout.root()).second && ::stat(layout.locks().c_str(), &status) == 0) {
      locks_.emplace_back(layout, StoreLock::Mode::exclusive);
    }
  }

 private:
  std::set<std::string> locked_;
  std::vector<StoreLock> locks_;
};

}  // namespace

RemovalResult remove_environments(const StoreLocations& locations, const std::string& lock_path) {
  const CacheLayout cache(locations.cache);
  const std::string lock = resolved(lock_path);
  std::vector<StoredSelection> gone;
  std::set<std::string> kept;
  for (StoredSelection& selection : list_selections(cache)) {
    if (selection.record.lock == lock_path || resolved(selection.record.lock) == lock) {
      gone.push_back(std::move(selection));
    } else {
      kept.insert(selection.record.prefix);
    }
  }
  RemovalResult result;
  std::set<std::string> removed;
  StoreLocks locks;
  std::vector<RetiredPrefix> retired;  // deleted at the end
  for (const StoredSelection& selection : gone) {
    const std::string& prefix = selection.record.prefix;
    if (!is_prefix_of(cache, prefix) || kept.contains(prefix) || !removed.insert(prefix).second) {
      continue;
    }
    const StoreLayout layout(home_of(selection.record));
    // In a store that this user may only read there is no root of it.
    const bool has_root = ::access(layout.roots().c_str(), W_OK | X_OK) == 0;
    locks.lock(layout);
    retired.push_back(retire_prefix(prefix));
    switch (retired.back().state) {
      case RetiredPrefix::State::removed:
        ++result.environments;
        [[fallthrough]];
      case RetiredPrefix::State::absent:
        // A link to its table stays: a process may run in a directory that others have deleted.
        if (has_root) {
          remove_root(layout, name_of(prefix), prefix);
        }
        break;
      case RetiredPrefix::State::in_use:
        ++result.in_use;
        if (has_root) {
          retire_root(root_file(layout, name_of(prefix), prefix));
        }
        break;
    }
  }
  // Last, so that a run that was interrupted can be repeated.
  for (const StoredSelection& selection : gone) {
    remove_file(cache.selection(selection.key));
  }
  result.selections = gone.size();
  return result;
}

}  // namespace pel
