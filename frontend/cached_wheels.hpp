#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "frontend/installed.hpp"
#include "lock/lockfile.hpp"
#include "store/fetch/index_pages.hpp"

namespace pel {

// A wheel that is known on this machine without a download.
struct CachedWheel {
  IndexFile file;      // with sha256; the URL is file: or http:, or empty where none is known
  std::string origin;  // "the store", "pip's cache", "uv's cache": for people
};

struct CacheQuery {
  const InstalledEnvironment* environment = nullptr;
  std::string directory;  // of the virtual environment
  std::string home;       // of the store (PYENVLAUNCH_HOME)
  // Where the wheels of the store can be had again, by id.
  const std::map<std::string, LockedArtifact, std::less<>>* known = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
};

// The wheels that installed distributions came from, as far as caches tell: those of the store, the
// wheels that pip has built from source, and, through uv itself, which is asked for URLs and
// hashes offline, those that uv has unpacked. Each has the installed version and tags, and RECORD
// says that its files are the installed ones. By normalised name; the store's first. What cannot be
// read in a cache is passed over. Throws Error(interrupted).
[[nodiscard]] std::map<std::string, std::vector<CachedWheel>> find_cached_wheels(
    const CacheQuery& query);

}  // namespace pel
