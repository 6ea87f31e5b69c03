#include "store/environment/environment_removal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/claim.hpp"
#include "store/records/file_system.hpp"
#include "store/records/root_reader.hpp"
#include "store/records/roots.hpp"
#include "store/records/selections.hpp"
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

// The process that is making one of these environments: its claim. Asked under the StoreLock. Who
// may not see the roots of a store cannot claim anything there.
std::optional<std::string> live_claim(const StoreLayout& layout, const std::set<std::string>& ids) {
  if (::access(layout.roots().c_str(), R_OK | X_OK) != 0) {
    return std::nullopt;
  }
  for (const StoredRoot& root : read_roots(layout)) {
    if (root.kind == "add" && ids.contains(root.environment_id) && is_live_claim(root.file)) {
      return root.file;
    }
  }
  return std::nullopt;
}

// Returns when the claim's process has ended or given it up.
void wait_for(const UniqueFd& claim, std::string_view file, const LockPatience& patience) {
  if (claim && lock_patiently(claim.get(), LOCK_SH, patience) == EWOULDBLOCK) {
    constexpr std::string_view kName = "add-";  // add-PROCESS-RANDOM
    const std::string_view process = name_of(file).substr(kName.size());
    throw Error(ErrorCode::busy, concat("cannot remove an environment that process ",
                                        process.substr(0, process.find('-')), " is making"))
        .with_hint("wait for it, or end it, and run this again");
  }
}

// The store's lock, alone, at a moment when nobody is making one of these environments. From then
// on nobody begins to.
StoreLock lock_unclaimed(const StoreLayout& layout, const std::set<std::string>& ids,
                         const LockPatience& patience) {
  for (;;) {
    std::optional<StoreLock> lock(std::in_place, layout, StoreLock::Mode::exclusive, patience);
    const auto file = live_claim(layout, ids);
    if (!file) {
      return *std::move(lock);
    }
    const UniqueFd claim(::open(file->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    lock.reset();
    wait_for(claim, *file, patience);
  }
}

// All selections; those of the lock are `gone`, and the directories of the others `kept`.
struct Selections {
  std::vector<StoredSelection> gone;
  std::set<std::string> kept;
};

Selections read_selections(const CacheLayout& cache, const std::string& lock_path) {
  const std::string lock = resolved(lock_path);
  Selections result;
  for (StoredSelection& selection : list_selections(cache)) {
    if (selection.record.lock == lock_path || resolved(selection.record.lock) == lock) {
      result.gone.push_back(std::move(selection));
    } else {
      result.kept.insert(selection.record.prefix);
    }
  }
  return result;
}

// Of each store in which environments may go.
class StoreLocks {
 public:
  StoreLocks(std::span<const StoredSelection> selections, const LockPatience& patience) {
    std::map<std::string, std::set<std::string>> ids;
    for (const StoredSelection& selection : selections) {
      ids[home_of(selection.record)].insert(std::string(name_of(selection.record.prefix)));
    }
    for (const auto& [home, environments] : ids) {
      const StoreLayout layout(home);
      homes_.insert(home);
      if (::access(layout.locks().c_str(), X_OK) == 0) {
        locks_.push_back(lock_unclaimed(layout, environments, patience));
      }
    }
  }

  [[nodiscard]] bool cover(const SelectionRecord& record) const {
    return homes_.contains(home_of(record));
  }

 private:
  std::set<std::string> homes_;
  std::vector<StoreLock> locks_;
};

}  // namespace

RemovalResult remove_environments(const StoreLocations& locations, const std::string& lock_path,
                                  const LockPatience& patience) {
  const CacheLayout cache(locations.cache);
  const StoreLocks locks(read_selections(cache, lock_path).gone, patience);
  // Again, for somebody may have made the environment of another lock his own before.
  auto [gone, kept] = read_selections(cache, lock_path);
  std::erase_if(gone, [&](const StoredSelection& selection) {
    return !locks.cover(selection.record);  // made since
  });
  RemovalResult result;
  std::set<std::string> removed;
  std::vector<RetiredPrefix> retired;  // deleted at the end
  for (const StoredSelection& selection : gone) {
    const std::string& prefix = selection.record.prefix;
    if (!is_prefix_of(cache, prefix) || kept.contains(prefix) || !removed.insert(prefix).second) {
      continue;
    }
    const StoreLayout layout(home_of(selection.record));
    // In a store that this user may only read there is no root of it.
    const bool has_root = ::access(layout.roots().c_str(), W_OK | X_OK) == 0;
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
