#pragma once

#include <optional>
#include <string>

#include "frontend/installed.hpp"
#include "frontend/lock_draft.hpp"
#include "store/fetch/index_pages.hpp"

namespace pel {

// What direct_url.json (PEP 610) of an installed distribution gives a lock.
struct DirectSource {
  // Whether it says anything: if not, the distribution came from an index or a folder.
  bool known = false;
  DraftPackage package;            // with its `vcs`, `directory` or `archive`, if that can be had
  bool is_wheel = false;           // it was installed from a wheel named by its place
  std::optional<IndexFile> wheel;  // that file, if it is as it was
  bool wheel_is_certain = false;   // the installer has noted its hash: no look into it is needed
  std::string problem;             // why there is neither
  std::string note;                // what the lock has otherwise than the environment, or empty
};

// Looks at local places, and at nothing else. A place with user and password is handed on without
// them. Throws what reading throws.
[[nodiscard]] DirectSource direct_source_of(const InstalledDistribution& installed,
                                            const LockFolders& folders);

// The URL of a wheel on a server that was installed by it without its hash being noted (uv);
// empty for every other distribution.
[[nodiscard]] std::string unhashed_wheel_url(const InstalledDistribution& installed);

}  // namespace pel
