#include "store/environment/environment_removal.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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
#include "store/environment/roots.hpp"
#include "store/environment/selections.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/remove_tree.hpp"

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

// Takes the prefix out of sight at once, then deletes it.
bool remove_prefix(const CacheLayout& cache, const std::string& prefix) {
  struct stat status{};
  if (::lstat(prefix.c_str(), &status) != 0) {
    return false;
  }
  make_directory(cache.tmp(), 0755);
  const TemporaryDirectory trash(cache.tmp(), "trash");
  const std::string place = concat(trash.path(), "/", name_of(prefix));
  if (std::rename(prefix.c_str(), place.c_str()) != 0) {
    if (errno == ENOENT) {
      return false;  // another process was faster
    }
    throw_errno("remove", prefix);
  }
  remove_tree(place);
  return true;
}

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
  for (const StoredSelection& selection : gone) {
    const std::string& prefix = selection.record.prefix;
    if (!is_prefix_of(cache, prefix) || kept.contains(prefix) || !removed.insert(prefix).second) {
      continue;
    }
    result.environments += remove_prefix(cache, prefix) ? 1U : 0U;
    remove_root(StoreLayout(home_of(selection.record)), name_of(prefix), prefix);
  }
  // Last, so that a run that was interrupted can be repeated.
  for (const StoredSelection& selection : gone) {
    remove_file(cache.selection(selection.key));
  }
  result.selections = gone.size();
  return result;
}

}  // namespace pel
