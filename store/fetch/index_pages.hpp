#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/fetch/fetch.hpp"

namespace pel {

// A file that a package index offers.
struct IndexFile {
  std::string name;
  std::string url;  // without a fragment; may hold credentials: not for messages
  std::optional<std::uint64_t> size;
  std::string sha256;           // 64 hexadecimal digits, or empty
  std::string metadata_sha256;  // of its METADATA (PEP 658), or empty
};

// The files on a project's page of a package index: JSON (PEP 691) if `content_type` says so, else
// HTML (PEP 503). `url` is that of the page. Throws Error(corrupt) for JSON that is none,
// Error(incompatible) for that of another major version.
[[nodiscard]] std::vector<IndexFile> parse_index_page(std::string_view text,
                                                      std::string_view content_type,
                                                      const std::string& url);

// Gets the pages of projects: for each URL its files, nothing where the index has no such project.
// Throws the first Error, as fetch_wheels() does; Error(interrupted).
[[nodiscard]] std::vector<std::optional<std::vector<IndexFile>>> fetch_index_pages(
    std::span<const std::string> urls, const TransferLimits& limits,
    const std::atomic<bool>* cancelled);

}  // namespace pel
