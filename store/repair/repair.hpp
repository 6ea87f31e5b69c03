#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "store/fetch/fetch.hpp"
#include "store/tree/store.hpp"

namespace pel {

struct RepairOptions {
  bool offline = false;
  std::vector<std::string> find_links;  // absolute paths and URLs to look for wheels first
  std::string cache;                    // PYENVLAUNCH_CACHE: for downloads and interpreters
  DownloadLimits downloads;
  ProgressSink* progress = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
};

struct RepairReport {
  std::vector<std::string> mended;    // what was done, for people
  std::vector<std::string> failures;  // what could not be done, and why
  std::vector<Finding> left;          // what verification finds afterwards
};

// Verifies a store deeply and mends what it finds: sets modes, deletes what does not belong there,
// unpacks wheels again whose files are damaged or missing, makes composites and packs again. Wheels
// come from find_links, or from where the locks of the store's environments say; always by their
// hash. What lies in the place of a directory of the store's own is moved aside. The store may be
// used meanwhile. Throws Error(interrupted); what goes wrong with one thing
// does not keep the others.
[[nodiscard]] RepairReport repair_store(const Store& store, const RepairOptions& options);

}  // namespace pel
