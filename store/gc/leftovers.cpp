#include "store/gc/leftovers.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <span>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/part_file.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/file_system.hpp"
#include "store/records/selections.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/temporary_tree.hpp"

namespace pel {
namespace {

constexpr std::int64_t kDay = 24L * 60 * 60;

// Answers of which lock a script's metadata names are right for ever, and what a build has printed
// is read soon or never: what is that old can go. The first is asked for again where it is missed.
constexpr std::int64_t kKeptAnswers = 90 * kDay;
constexpr std::int64_t kKeptLogs = 30 * kDay;

bool is_old(const std::string& path, std::int64_t age = kDay) {
  struct stat status{};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  return ::lstat(path.c_str(), &status) == 0 && now - status.st_mtim.tv_sec > age;
}

// What cannot be read has nothing that could be swept.
std::vector<DirectoryEntry> entries_of(const std::string& directory) {
  try {
    return read_directory(directory);
  } catch (const Error&) {
    return {};
  }
}

std::size_t sweep_aged_files(const std::string& directory, std::int64_t age) {
  std::size_t count = 0;
  for (const DirectoryEntry& entry : entries_of(directory)) {
    const std::string path = concat(directory, "/", entry.name);
    if (!entry.is_directory && !entry.name.starts_with('.') && is_old(path, age)) {
      count += ::unlink(path.c_str()) == 0 ? 1U : 0U;
    }
  }
  return count;
}

}  // namespace

std::size_t sweep_store_leftovers(const StoreLayout& layout) {
  const std::size_t before = entries_of(layout.tmp()).size();
  reclaim_temporary_trees(layout);
  for (const DirectoryEntry& entry : entries_of(layout.tmp())) {
    const std::string path = concat(layout.tmp(), "/", entry.name);
    if (!entry.is_directory && is_old(path)) {
      ::unlink(path.c_str());
    }
  }
  std::size_t count = before - std::min(before, entries_of(layout.tmp()).size());
  for (const std::string& directory : {layout.roots(), layout.tables()}) {
    count += sweep_temporary_files(directory);
  }
  for (const DirectoryEntry& entry : entries_of(layout.bytecode())) {
    if (entry.is_directory) {
      count += sweep_temporary_files(concat(layout.bytecode(), "/", entry.name));
    }
  }
  return count + sweep_temporary_directories(layout.launchers(), ".tmp");
}

std::size_t sweep_cache_leftovers(const std::string& cache_home) {
  const CacheLayout cache(cache_home);
  std::size_t count = sweep_temporary_directories(cache.tmp(), "");
  for (const std::string& directory : {cache.selections(), cache.scripts(), cache.interpreters()}) {
    count += sweep_temporary_files(directory);
  }
  count += sweep_aged_files(cache.scripts(), kKeptAnswers);
  count += sweep_aged_files(cache.logs(), kKeptLogs);
  sweep_part_files(cache.downloads());
  return count;
}

std::size_t sweep_selections(const StoreLayout& layout, const std::string& cache_home,
                             const std::set<std::string>& gone, bool only_count) {
  const CacheLayout cache(cache_home);
  std::size_t count = 0;
  for (const DirectoryEntry& entry : entries_of(cache.selections())) {
    if (entry.is_directory || entry.name.starts_with('.')) {
      continue;
    }
    const std::string path = cache.selection(entry.name);
    try {
      const auto record = read_selection(cache, entry.name);
      const bool holds =
          record && (record->store != layout.root() ||
                     (!gone.contains(record->prefix) && leads_to_directory(record->prefix)));
      if (!holds) {
        ++count;
        if (!only_count) {
          remove_file(path);
        }
      }
    } catch (const Error&) {  // another user's
      continue;
    }
  }
  return count;
}

}  // namespace pel
