#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "lock/selection.hpp"
#include "store/build/build_helper.hpp"
#include "store/fetch/fetch.hpp"

namespace pel {

struct CheckoutOptions {
  std::string label;   // of the package, for people
  std::string folder;  // an empty directory of one's own
  std::string download_dir;
  DownloadLimits downloads;
  std::vector<std::string> find_links;
  bool offline = false;
  const std::atomic<bool>* cancelled = nullptr;
  const BuildHelper* helper = nullptr;
};

// Puts the sources somewhere below the folder, where a build may write: downloads and unpacks,
// copies, or clones. The root of their tree. Throws Error.
[[nodiscard]] std::string check_out_source(const LockedSource& source,
                                           const CheckoutOptions& options);

}  // namespace pel
