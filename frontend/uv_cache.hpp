#pragma once

#include <atomic>
#include <map>
#include <span>
#include <string>

#include "frontend/installed.hpp"
#include "store/fetch/index_pages.hpp"

namespace pel {

// For each of these distributions the wheel that uv knows without a network: uv itself is asked for
// files, URLs and hashes of that version, and what it has unpacked must have the installed RECORD.
// By normalised name. Empty without uv on PATH; throws Error(interrupted) only. `directory` is that
// of the virtual environment.
[[nodiscard]] std::map<std::string, IndexFile> find_in_uv_cache(
    std::span<const InstalledDistribution* const> wanted, const std::string& directory,
    const std::atomic<bool>* cancelled);

}  // namespace pel
