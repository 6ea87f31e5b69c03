#pragma once

#include <string_view>

#include "frontend/lock_draft.hpp"

namespace pel {

// The lock that an installation report of pip's amounts to ("pip install --report", version 1):
// one file for each package. Throws Error(corrupt) for a text that is no such report.
[[nodiscard]] LockDraft read_pip_report(std::string_view text, const LockFolders& folders);

// The value of `vcs`, `directory` or `archive` in a lock that a direct_url.json, or the
// download_info of a report, means (PEP 610); the archive of a wheel becomes a wheel. Throws
// Error(corrupt) when it is none.
void set_direct_source(DraftPackage& package, std::string_view direct_url_json,
                       const LockFolders& folders);

}  // namespace pel
