#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lock/lockfile.hpp"
#include "store/fetch/progress.hpp"

namespace pel {

struct FetchItem {
  LockedArtifact wheel;
  std::string label;  // for people: "example 2.1.0"
};

// How patient a download is. The defaults suit people; tests shorten them.
struct TransferLimits {
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::seconds stall_timeout{
      30};  // less than a kilobyte a second of the file for that long
  std::chrono::milliseconds first_delay{300};  // before the second attempt; doubles, with jitter
  std::chrono::milliseconds longest_delay{60'000};  // also for what Retry-After asks
  unsigned attempts = 5;
  unsigned connect_attempts = 3;  // when no connection was made at all
  unsigned parallel = 16;
  unsigned ready_threads = 0;  // that check files and call on_ready; 0: one per processor
};

// No known wheel or source has half as much.
constexpr std::uint64_t kUsualLargestDownload = std::uint64_t{16} << 30;

// What users may set of all that.
struct DownloadLimits {
  // In bytes, of a file whose size the lock does not give: Error(corrupt) when there is more.
  std::uint64_t largest = kUsualLargestDownload;

  // Instead of `connect_timeout` and `stall_timeout`.
  std::optional<std::chrono::seconds> timeout;

  [[nodiscard]] TransferLimits applied_to(TransferLimits limits) const {
    if (timeout) {
      limits.connect_timeout = *timeout;
      limits.stall_timeout = *timeout;
    }
    return limits;
  }
};

struct FetchOptions {
  bool offline = false;  // no connection at all; local files are still used

  // Folders, or URLs of HTML pages, whose wheels come before the lock's URLs. What is found there
  // by name must still have the lock's hash.
  std::vector<std::string> find_links;

  std::string download_dir;  // absolute; made when a download needs it
  ProgressSink* progress = nullptr;

  // Called for each file once it is complete and its size and hash are right, in any order, from
  // several threads at once. A downloaded file is deleted when the call returns; a local one (a
  // `path`, a file: URL, one in a folder of find_links) is the user's own and stays. An exception
  // that leaves it ends the whole fetch.
  std::function<void(std::size_t index, const std::string& file)> on_ready;

  // Looked at several times a second: once it is true the fetch ends with Error(interrupted).
  const std::atomic<bool>* cancelled = nullptr;

  DownloadLimits downloads;

  TransferLimits limits{};
};

// Gets the wheels. For each the first of these: its `path`, a file of find_links, its URL.
//
// Throws the first Error that a wheel or on_ready met, which says how many other wheels failed;
// wheels that were under way then are still completed and handed over. Error(not_found) when
// `offline` forbids a download or a file is missing; Error(io) when a server or the system
// refused; Error(corrupt) when size or sha256 differ from the lock's. Nothing partial or wrong is
// ever handed over, or left in download_dir. Passwords in URLs appear in no message.
//
// Honours netrc (NETRC), the proxy variables, SSL_CERT_FILE and SSL_CERT_DIR. TLS is always
// verified.
void fetch_wheels(std::span<const FetchItem> items, const FetchOptions& options);

}  // namespace pel
