#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "frontend/lock_draft.hpp"
#include "lock/lockfile.hpp"
#include "store/fetch/fetch.hpp"

namespace pel {

struct AdoptRequest {
  std::string directory;  // absolute, of the virtual environment
  std::string index_url;  // or empty: the usual one
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  bool offline = false;
  std::string home;  // of the store, whose wheels count, too
  std::map<std::string, LockedArtifact, std::less<>> known;  // where those can be had, by id
  LockFolders folders;                                       // `to` is that of the lock
  DownloadLimits downloads;
  ProgressSink* progress = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
};

// What became of one installed distribution.
struct AdoptedPackage {
  std::string name;
  std::string version;
  std::string source;     // "vcs", "directory" or "archive": what the lock has instead of a wheel
  std::string file;       // the wheel that it came from, or empty
  std::string sha256;     // of that
  std::string cache;      // which cache tells so, or empty: it was fetched and looked into
  std::string problem;    // why there is none
  std::string changed{};  // a file that is not as it was installed, or empty
  std::string note{};     // what else the lock has otherwise than the environment, or empty
};

struct AdoptResult {
  LockDraft draft;  // of those that were found
  std::vector<AdoptedPackage> packages;
  std::vector<std::string> notes;  // what the environment has besides packages
};

// Finds what a virtual environment was installed from. Of a repository, a directory (also
// editable), an archive or a wheel that was named by its place, direct_url.json says which. Other
// wheels are those of the index or a folder, or of what the caches of this machine hold, with the
// version and tags that are installed, and with the same files by RECORD, which is read from the
// wheel itself or what was unpacked of it. Changes nothing. Throws what reading, index and
// downloads throw.
[[nodiscard]] AdoptResult adopt_environment(const AdoptRequest& request);

}  // namespace pel
